"""What goes over the wire: models of what the service and the command answer, and the bytes made of them."""
