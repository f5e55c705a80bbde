from __future__ import annotations

from datetime import date

import pytest

from app.domain.article import Article
from app.domain.commitment import Commitment, Form, PartyRole, Plover, Stage
from app.extraction.extractor import extract


def commitments_of(text: str, title: str = "", published: date | None = None) -> tuple[Commitment, ...]:
    article = Article(text, title=title, published=published)
    facts = extract(article)
    facts.check(text)
    return facts.commitments


def countries(commitment: Commitment) -> set[str]:
    return {party.country or party.entity for party in commitment.parties}


@pytest.mark.parametrize(
    ("text", "stage", "form", "sides"),
    [
        ("Kenya's president met his Ugandan counterpart in Nairobi.", "enacted", "consultation", {"KE", "UG"}),
        ("Peru's foreign minister will visit Chile next week.", "intended", "consultation", {"PE", "CL"}),
        ("Peru invited the Chilean president to Lima.", "proposed", "consultation", {"PE", "CL"}),
        ("Laos and Thailand signed an agreement on rail transport.", "agreed", "economic", {"LA", "TH"}),
        ("Laos and Thailand held joint naval exercises.", "enacted", "military", {"LA", "TH"}),
        ("Kenya wants to buy helicopters from Brazil.", "intended", "military", {"KE", "BR"}),
        ("Norway sent tents to Haiti after the storm.", "enacted", "aid", {"NO", "HT"}),
        ("Kenya pledged food for Somalia.", "intended", "aid", {"KE", "SO"}),
        ("Somalia has received patrol vessels from Kenya.", "enacted", "military", {"KE", "SO"}),
        ("Samoa and Tonga exchanged nine captured soldiers on a bridge.", "enacted", "other", {"TO", "WS"}),
        ("Ministers of Samoa and Tonga reviewed bilateral ties on Monday.", "enacted", "consultation", {"TO", "WS"}),
        ("Gabon urged Chad to resume diplomatic relations.", "proposed", "diplomatic", {"GA", "TD"}),
        ("Gabon is ready to work together with Chad on border trade.", "intended", "economic", {"GA", "TD"}),
        ("Georgia hopes to join NATO.", "intended", "military", {"GE", "nato"}),
        ("Fiji agreed to share intelligence with Samoa.", "agreed", "military", {"FJ", "WS"}),
        ("Fiji's ministry of justice agreed to extradite suspects to Samoa.", "agreed", "other", {"FJ", "WS"}),
        ("Fiji sent a medical team of 40 soldiers to Tonga in May.", "enacted", "aid", {"FJ", "TO"}),
        ("Fiji will supply Tonga with 9,000 tonnes of diesel.", "intended", "economic", {"FJ", "TO"}),
        ("Tonga ordered three frigates from Norway in a contract.", "agreed", "military", {"TO", "NO"}),
        ("The leaders of Fiji and Tonga witnessed the signing of two trade deals.", "agreed", "economic", {"FJ", "TO"}),
        (
            "The leaders of Fiji and Tonga watched the exchange of nine agreements on trade.",
            "agreed",
            "economic",
            {"FJ", "TO"},
        ),
        ("Fiji has scrapped visas for Tongan nurses.", "enacted", "diplomatic", {"FJ", "TO"}),
        ("Norwegian troops took part in Malawian exercises near the lake.", "enacted", "military", {"NO", "MW"}),
        ("Tonga's king spoke at the end of his visit to Samoa.", "enacted", "consultation", {"TO", "WS"}),
        ("The Tongan foreign minister is due in Suva on Friday.", "intended", "consultation", {"TO", "FJ"}),
        (
            "Tonga President Lea Mano will travel to Samoa, Fiji and Kiribati in May, her office said Monday.",
            "intended",
            "consultation",
            {"TO", "WS", "FJ", "KI"},
        ),
        (
            "Mercosur and EFTA signed a trade agreement.",
            "agreed",
            "economic",
            {"mercosur", "european-free-trade-association"},
        ),
        ("A rail link between Kenya and Uganda is to be set up.", "intended", "economic", {"KE", "UG"}),
        ("Norway pledged 9 million dollars to groups that help refugees in Malawi.", "intended", "aid", {"NO", "MW"}),
        ("Norway's delivery of helicopters to Malawi began in May.", "enacted", "military", {"NO", "MW"}),
        ("A Fijian-Tongan treaty that would let frigates refuel was signed.", "agreed", "military", {"FJ", "TO"}),
        ("Norway asked Brussels for talks on fishing.", "proposed", "consultation", {"NO", "european-union"}),
        ("USAID sent rice to Malawi.", "enacted", "aid", {"US", "MW"}),
        ("NATO Secretary-General Mark Rutte visited Malawi.", "enacted", "consultation", {"nato", "MW"}),
        ("ASEAN foreign ministers met in Suva on Monday.", "enacted", "consultation", {"asean"}),
        ("An ASEAN summit will be held in Suva in May.", "intended", "consultation", {"asean"}),
        ("Members of OPEC are meeting in Quito to discuss prices.", "enacted", "consultation", {"opec"}),
        ("The fishing deal between Fiji and Tonga could open new markets.", "agreed", "economic", {"FJ", "TO"}),
        (
            "Fiji's president discussed the fire, which killed nine, with the Tongan king.",
            "enacted",
            "consultation",
            {"FJ", "TO"},
        ),
        ("Talks between Fiji and Samoa lasted two days.", "enacted", "consultation", {"FJ", "WS"}),
        ("Fiji's trade envoy is in Samoa for talks with senior officials.", "enacted", "consultation", {"FJ", "WS"}),
        (
            "Fiji's prime minister travelled to Samoa, Tonga and Vanuatu in June.",
            "enacted",
            "consultation",
            {"FJ", "WS", "TO", "VU"},
        ),
        ("Fiji's prime minister will fly to Samoa from Tonga in June.", "intended", "consultation", {"FJ", "WS"}),
        ("Norway sent food to villages in flooded parts of Malawi.", "enacted", "aid", {"NO", "MW"}),
        (
            "Thailand's president met Laos's prime minister in Hanoi on Tuesday.",
            "enacted",
            "consultation",
            {"TH", "LA"},
        ),
        ("Kenya's finance minister is in Uganda for talks.", "enacted", "consultation", {"KE", "UG"}),
        (
            "Peru's foreign minister will hold meetings in Quito, Bogota and Caracas.",
            "intended",
            "consultation",
            {"PE", "EC", "CO", "VE"},
        ),
        (
            "Peru's president held talks with Japanese and South Korean ministers.",
            "enacted",
            "consultation",
            {"JP", "KR", "PE"},
        ),
        (
            "Kenya will hold naval drills with its ally Uganda near the border with Somalia.",
            "intended",
            "military",
            {"KE", "UG"},
        ),
        ("Fiji and Samoa signed a pact to build submarines.", "agreed", "military", {"FJ", "WS"}),
        ("Talks between Kenya and Uganda were floated.", "proposed", "consultation", {"KE", "UG"}),
        (
            "Kenya's president is expected to meet Uganda's leader on a visit delayed since June.",
            "intended",
            "consultation",
            {"KE", "UG"},
        ),
        ("Donor countries pledged food for Somalia.", "intended", "aid", {"donor-countries", "SO"}),
        ("The Peruvian group Shining Sun met Hezbollah.", "enacted", "consultation", {"PE", "hezbollah"}),
        ("Kenya met the Lebanese group Hezbollah.", "enacted", "consultation", {"KE", "hezbollah"}),
        ("The UN Security Council held talks with Fiji.", "enacted", "consultation", {"FJ", "united-nations"}),
        ("Embraer signed a deal with Norway's air force.", "agreed", "economic", {"BR", "NO"}),
        ("The Somali government pledged to stop attacks on Kenya.", "intended", "diplomatic", {"SO", "KE"}),
        ("Norway agreed to double its aid to Malawi.", "agreed", "aid", {"NO", "MW"}),
        ("Peru and Chile signed an agreement to help each other fight fires.", "agreed", "diplomatic", {"PE", "CL"}),
    ],
)
def test_an_act_has_its_stage_form_and_sides(text: str, stage: str, form: str, sides: set[str]) -> None:
    (commitment,) = commitments_of(text)
    assert (commitment.stage, commitment.form) == (Stage(stage), Form(form))
    assert countries(commitment) == sides
    assert not commitment.negated


@pytest.mark.parametrize(
    "text",
    [
        "Kenya praised Uganda's handling of the drought.",
        "Kenya reviews its ties with Uganda.",
        "The clinic received tents from the mayor of Nairobi.",
        "Kenya accused Uganda of smuggling weapons to rebels.",
        "Kenya threatened to attack Uganda.",
        "Kenya and Uganda share a long border and a common enemy.",
        "Kenya summoned the Ugandan ambassador over the arrests.",
        "Kenyan ministers met governors of the coast in Mombasa to discuss trade.",
        "The Kenyan government signed an agreement with Kenyan teachers.",
        "The alliance of Kenya and Uganda may become a vital force.",
        "If Kenya met Uganda's demands, trade could resume.",
        "Kenya beat Uganda in the final match of the cup.",
        "Ugandan troops killed Kenyan soldiers near the border.",
        "Trade of Kenya with Uganda has risen by 5 percent.",
        "Two Italian aid workers were abducted in Niger.",
        "Kenya met the needs of Somalia's refugees, the report said.",
        "The road signs in Kenya look like those in Uganda.",
        "Analysts doubt that Kenya could cooperate with Uganda.",
        "About 300 Kenyan troops are stationed near the border with Somalia.",
        "Kenya's union leaders met in Nairobi to discuss wages.",
        "The alliance praised Kenya.",
        "The international community praised Kenya for its roads.",
        "A Kenyan ship arrived in Uganda on Monday.",
        "Peruvian soldiers stopped cars near the border with Chile.",
        "Kenya accused Uganda of arming rebels in Sudan.",
        "Kenya jailed nine men for cooperating with Uganda's spies.",
        "Kenya did not rule out sending drones to Uganda.",
        "Kenya ordered Ugandan troops to leave.",
        "The OPEC building in Vienna was repainted.",
        "NATO ministers smiled for the cameras.",
        "Lebanon's pro-Syrian president held talks with deputies.",
        "Kenya protested against the dam.",
        "Payments for Kenyan tea are due in Uganda in May.",
        "The shipment of tiles was received by a Kenyan grocer and a Ugandan mason.",
        "Kenya bars Ugandan firms from selling helicopters to Somalia.",
        "Peru launched airstrikes on the suburbs of Chile's capital.",
    ],
)
def test_what_is_no_commitment_yields_none(text: str) -> None:
    assert commitments_of(text) == ()


@pytest.mark.parametrize(
    ("text", "stage", "form"),
    [
        ("Kenya refused to meet Uganda's president.", "intended", "consultation"),
        ("Kenya cancelled a visit to Uganda.", "intended", "consultation"),
        ("Kenya suspended aid to Somalia.", "enacted", "aid"),
        ("Kenya severed diplomatic relations with Somalia.", "enacted", "diplomatic"),
        ("Kenya will not sign the trade agreement with Uganda.", "intended", "economic"),
        ("Kenya withdrew from the trade agreement with Uganda.", "agreed", "economic"),
        ("Kenya will not take part in any Ugandan drills.", "intended", "military"),
        ("Kenya denied that it had agreed to send drones to Uganda.", "agreed", "military"),
        ("Kenya denied it had offered to send drones to Uganda.", "proposed", "military"),
    ],
)
def test_what_is_refused_or_broken_off_is_negated(text: str, stage: str, form: str) -> None:
    (commitment,) = commitments_of(text)
    assert commitment.negated
    assert (commitment.stage, commitment.form) == (Stage(stage), Form(form))
    assert commitment.plover in (Plover.REJECT, Plover.SANCTION)


def test_invitation_names_host_and_guest() -> None:
    text = "General Ana Ruiz, the commander of the Peruvian Navy, invited Chilean Admiral Juan Soto to Lima."
    (commitment,) = commitments_of(text)
    roles = {party.entity: (party.country, party.role) for party in commitment.parties}
    assert roles == {"ana-ruiz": ("PE", PartyRole.INITIATOR), "juan-soto": ("CL", PartyRole.COUNTERPART)}
    assert [speaker.entity for speaker in commitment.speakers] == ["ana-ruiz"]


def test_evidence_is_the_clause_with_its_objects() -> None:
    text = "After lunch, Kenya said it would supply Uganda with electricity in May, officials noted."
    (commitment,) = commitments_of(text)
    assert "supply Uganda with electricity" in commitment.evidence[0].span.text


def test_evidence_holds_the_adverb_that_ends_the_clause() -> None:
    (commitment,) = commitments_of("Kenya and Uganda must cooperate closely.")
    assert commitment.evidence[0].span.text == "Kenya and Uganda must cooperate closely"


def test_the_speaker_and_the_statement_are_those_that_report_it() -> None:
    text = "Peruvian minister Ana Ruiz said on Monday that Peru wants to expand trade with Chile."
    facts = extract(Article(text))
    (commitment,) = facts.commitments
    assert [speaker.entity for speaker in commitment.speakers] == ["ana-ruiz"]
    assert commitment.statement in {statement.id for statement in facts.statements}


def test_the_day_on_which_it_is_said_dates_no_act() -> None:
    article = Article("Fiji will train Tongan sailors, the minister said on Monday.", published=date(2024, 5, 1))
    (commitment,) = extract(article).commitments
    assert commitment.date is None


@pytest.mark.parametrize("pact", ["deal", "treaty", "agreement"])
def test_what_a_pact_calls_for_is_agreed(pact: str) -> None:
    (commitment,) = commitments_of(f"The {pact} calls for Chile to sell Peru three ships.")
    assert commitment.stage == "agreed"


def test_the_two_countries_are_those_in_play() -> None:
    found = commitments_of("Laos and Thailand fear floods. The two countries will share information on the river.")
    assert [countries(commitment) for commitment in found] == [{"LA", "TH"}]


def test_more_talks_are_between_those_who_held_the_first() -> None:
    first, more = commitments_of(
        "Fiji and Samoa held talks in May. The Fijian ministry said it is ready for more talks."
    )
    assert (first.stage, more.stage) == (Stage.ENACTED, Stage.INTENDED)
    assert countries(more) == countries(first) == {"FJ", "WS"}


def test_bilateral_relations_are_those_of_the_pair_in_play() -> None:
    visit, ties = commitments_of(
        "Fiji's prime minister will visit Samoa on Monday. His visit will focus on promoting bilateral relations."
    )
    assert (visit.form, ties.form) == (Form.CONSULTATION, Form.DIPLOMATIC)
    assert countries(ties) == {"FJ", "WS"}


def test_who_acted_with_one_other_goes_on_with_that_one() -> None:
    met, discussed = commitments_of(
        "Fiji's prime minister met the Tongan foreign minister in May. "
        "The Fijian delegation will discuss trade on Monday."
    )
    assert countries(discussed) == countries(met) == {"FJ", "TO"}
    assert discussed.confidence < met.confidence


def test_an_act_in_a_list_of_a_thousand_words_is_found() -> None:
    ports = ", ".join(f"the port of {name}" for name in ["Suva", "Apia", "Oran", "Bari"] * 60)
    found = commitments_of(f"Open are {ports}; Kenya's president met Uganda's president; open are {ports}")
    assert {"KE", "UG"} in [countries(commitment) for commitment in found]


def test_a_country_described_by_its_region_is_the_side_and_not_the_region() -> None:
    _, sent = commitments_of("Norway's king met Malawi's president. Oslo will send tents to the East African country.")
    assert countries(sent) == {"NO", "MW"}


def test_what_is_told_of_talks_in_the_past_has_been() -> None:
    _, attended = commitments_of(
        "Kenya and Uganda will hold talks in May. The talks were also attended by Somali officials."
    )
    assert attended.stage is Stage.ENACTED


def test_who_lets_others_act_is_a_side_beside_those_to_whom_it_goes() -> None:
    (access,) = commitments_of("Kenya's president signed an order granting Fiji and Samoa access to intelligence.")
    assert countries(access) == {"KE", "FJ", "WS"}


def test_one_telling_of_an_act_that_two_words_name_is_left() -> None:
    (commitment,) = commitments_of("Kenya's president arrived in Uganda for two days of meetings.")
    assert countries(commitment) == {"KE", "UG"}


def test_a_third_side_is_not_put_between_two() -> None:
    first, *others = commitments_of(
        "Fiji met Tonga and Samoa in May. The Fijian delegation will discuss trade on Monday."
    )
    assert countries(first) == {"FJ", "TO", "WS"}
    assert others == []


def test_who_gives_next_gives_to_those_who_were_given_to() -> None:
    sent, pledged = commitments_of("Fiji sent tents to Malawi. Norway pledged $1 million in disaster aid.")
    assert countries(pledged) == {"NO", "MW"}
    assert countries(sent) == {"FJ", "MW"}


def test_what_is_only_said_of_an_agreement_is_no_second_one() -> None:
    (agreement,) = commitments_of("The agreement between Fiji and Samoa will take effect in June.")
    assert agreement.stage is Stage.AGREED


def test_an_act_told_twice_is_one_with_two_pieces_of_evidence() -> None:
    (commitment,) = commitments_of(
        "Kenya's president met Uganda's prime minister on Friday. The talks lasted two hours."
    )
    assert countries(commitment) == {"KE", "UG"}
    assert [evidence.sentence for evidence in commitment.evidence] == [0, 1]


def test_what_waits_for_another_act_is_to_come_like_it() -> None:
    text = "The deal will be signed when Tonga's king visits Fiji."
    assert ("consultation", "intended") in [(c.form, c.stage) for c in commitments_of(text)]


def test_a_third_party_that_quarrels_leaves_the_pair_in_play() -> None:
    text = "Fiji and Tonga held talks. Samoa summoned the Tongan ambassador. The two sides agreed on a trade deal."
    assert countries(commitments_of(text)[-1]) == {"FJ", "TO"}


def test_what_each_verb_of_a_sentence_tells_is_an_act_of_its_own() -> None:
    text = "Norway has delivered 2,000 tonnes of rice to Malawi since May and plans to send doctors."
    assert {(c.stage.value, c.form.value) for c in commitments_of(text)} == {("enacted", "aid"), ("intended", "aid")}


def test_a_meeting_of_others_is_not_that_of_the_pair_in_play() -> None:
    text = "Fiji and Tonga met on Monday. Kenya's parliament met, too. The meeting began late."
    assert [len(c.evidence) for c in commitments_of(text)] == [1]


def test_lawmakers_agree_without_the_sides_of_an_act_before() -> None:
    text = "Fiji and Tonga signed a deal on Monday."
    for more in ("Lawmakers agreed on the plan.", "A meeting of the board was put off.", "Internal talks went on."):
        assert [len(c.evidence) for c in commitments_of(f"{text} {more}")] == [1]


def test_ministers_of_a_joint_statement_are_those_of_the_pair_in_play() -> None:
    first = "1. The ministers of Tonga and Samoa met in Suva on Monday."
    _, commitment = commitments_of(f"{first}\n\n2. Ministers agreed to hold joint naval exercises in May.")
    assert countries(commitment) == {"TO", "WS"}
    assert (commitment.stage, commitment.form) == (Stage.AGREED, Form.MILITARY)


def test_each_side_is_one_of_the_pair_in_play() -> None:
    text = "Fiji and Tonga held talks. Nine prisoners from each side were exchanged."
    assert countries(commitments_of(text)[-1]) == {"FJ", "TO"}


def test_who_gives_gives_to_the_one_that_the_headline_names() -> None:
    text = "Rivers burst their banks on Monday. Norway and Sweden have sent tents and medicine."
    assert countries(commitments_of(text, title="Flood in Malawi leaves thousands homeless")[-1]) == {"NO", "SE", "MW"}
    assert countries(commitments_of(text, title="Flood leaves thousands homeless")[-1]) == {"NO", "SE"}


def test_an_officer_without_a_country_is_of_the_one_whose_doings_the_headline_tells() -> None:
    text = "Defence Minister Ana Waqa visited Tonga on Monday."
    assert countries(commitments_of(text, title="Fiji seeks closer ties with Tonga and Samoa")[0]) == {"FJ", "TO"}
    assert commitments_of(text, title="A visit on Monday") == ()


def test_the_headline_tells_who_is_meant() -> None:
    text = "The two leaders agreed on a plan for fishing."
    (commitment,) = commitments_of(text, title="Fiji and Samoa settle fishing row")
    assert countries(commitment) == {"FJ", "WS"}
    assert commitments_of(text) == ()


def test_a_purpose_is_an_act_of_its_own() -> None:
    text = "Peru's minister travelled to Chile to deepen military ties with Santiago's government in Chile."
    stages = {(c.stage, c.form) for c in commitments_of(text)}
    assert (Stage.ENACTED, Form.CONSULTATION) in stages
    assert (Stage.INTENDED, Form.MILITARY) in stages


def test_a_dateline_is_no_side() -> None:
    (commitment,) = commitments_of("RIYADH: Fiji and Samoa signed a trade agreement.")
    assert countries(commitment) == {"FJ", "WS"}


def test_the_day_is_resolved_against_publication() -> None:
    (commitment,) = commitments_of("Fiji's president will visit Samoa on Friday.", published=date(2024, 8, 8))
    assert commitment.date is not None
    assert commitment.date.start == commitment.date.end == date(2024, 8, 9)


MATCH = (
    "Fiji host Tonga in a World Cup qualifier on Friday. Coach Ana Ruiz has lost her best striker for the meeting with "
    "Tonga. The squad trained at the club's new stadium, and midfielder Jone Waqa held talks with a Samoan club."
)


def test_teams_called_like_states_cooperate_in_no_match() -> None:
    assert commitments_of(MATCH) == ()


def test_states_cooperate_though_an_article_is_about_sport() -> None:
    (signed,) = commitments_of(
        MATCH + " Before the match, the sports ministers of Fiji and Tonga signed a pact on trade."
    )
    assert countries(signed) == {"FJ", "TO"}


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("Fiji seeks closer ties with Samoa.", {"FJ": PartyRole.INITIATOR, "WS": PartyRole.COUNTERPART}),
        ("Fiji and Samoa seek closer ties.", {"FJ": PartyRole.PARTY, "WS": PartyRole.PARTY}),
        ("Fiji has signed a treaty with Samoa.", {"FJ": PartyRole.PARTY, "WS": PartyRole.PARTY}),
        ("The treaty between Fiji and Samoa holds.", {"FJ": PartyRole.PARTY, "WS": PartyRole.PARTY}),
    ],
)
def test_what_one_side_wants_goes_out_from_it(text: str, roles: dict[str, PartyRole]) -> None:
    (commitment,) = commitments_of(text)
    assert {party.country: party.role for party in commitment.parties} == roles
