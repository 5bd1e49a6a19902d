"""Invented names and phrases for synthetic patients; any likeness to a person is chance."""

from collections.abc import Mapping
from types import MappingProxyType

from cocm_bot.domain.records.agreements import Answer, RecommendationKind
from cocm_bot.domain.records.care_details import Diagnosis
from cocm_bot.domain.vocabulary import Flag

TYPABLE_NAMES = (
    (("Amelia", "Tobias", "Rosalind", "Winston", "Harriet"), ("Thornbury", "Ashgrove", "Pell", "Wexcombe")),
    (("Esperanza", "Ramona", "Mateo", "Lucia"), ("Villaseca", "Montalvo", "Ibarrola")),
    (("Kofi", "Abena", "Chidinma", "Tendai"), ("Asantewaa-Mills", "Okonjira", "Mutasavi")),
    (("Deepa", "Arjun", "Kavita"), ("Vanraj", "Sagarwal", "Himkar")),
    (("Brigid", "Iolo", "Nia"), ("Rhoslan", "Pengelli", "O'Duggan")),
)
"""First and last names that go together and that any keyboard types: two of three patients have one."""

OTHER_NAMES = (
    (
        ("Esperanza", "Joaquín", "Itzel", "Ramón", "Inés"),
        ("Villaseca Peñalara", "Montefrío", "Ibarrola Núñez"),
    ),
    (("Kofi", "Abena", "Chidinma", "Tendai", "Wanjirũ"), ("Asantewaa-Mills", "Okonjira", "Mutasavi")),
    (("Aoife", "Séamus", "Nia", "Iolo"), ("Ó Dubhgáin", "Nic Ruairí", "Pengelli")),
    (("Łucja", "Zdeněk", "Jūratė", "Ștefan"), ("Wrzosowska", "Dvorníček", "Pelėdaitė", "Brădeanu")),
    (("Åsa", "Søren", "Þórdís", "Väinö"), ("Ekelöv", "Nørskov", "Hrafnsdóttir", "Kivijärvi")),
    (("Nguyệt", "Đức Anh", "Thảo", "Quỳnh"), ("Trần Lê", "Đặng", "Huỳnh Võ")),
    (("Ayşe", "Çağlar", "Işıl", "Ömür"), ("Gündoğmuş", "Yıldızeli", "Taşçıoğlu")),
    (("Kaʻiulani", "Makoa", "Leilani"), ("Kealohapau", "Nāmakaʻeha")),
    (("Ελπίδα", "Ορέστης", "Καλλιόπη"), ("Θαλασσινού", "Πευκάρης", "Μελισσάκη")),
    (("Милица", "Остап", "Зоряна", "Аркадий"), ("Вишневич", "Гайворонюк", "Лесогоров")),
    (("ليلى", "طارق", "سلمى", "يونس"), ("الزيتوني", "البحراوي", "النخيلي")),
    (("נעמה", "איתן", "תמר"), ("אורנשטיין", "בן־הרים", "שקדיאל")),
    (("आरुषि", "देवांश", "मीनल"), ("वनराज", "सागरवाल", "हिमकर")),
    (("நிலா", "கவின்", "மலர்விழி"), ("கடலூரான்", "பூங்குன்றன்")),
    (("ปาริชาต", "ธนกฤต"), ("ดอกจำปา", "ธารน้ำใส")),
    (("思远", "晓岚", "若溪"), ("欧阳", "林", "司徒")),
    (("さくら", "湊", "美月"), ("風間野", "青柳", "小鳥遊")),
    (("서윤", "하람", "다온"), ("남궁", "제갈", "윤")),
    (("ანა", "ლაშა"), ("მთისძე", "ზღვაური")),
    (("አበባ", "ዳዊት"), ("ተራራው", "ሰማይነህ")),
)
"""First and last names that go together, in other letters, by language: each is met within a caseload."""

DIAGNOSES = (
    Diagnosis(code="F33.1", label="Recurrent depression, moderate"),
    Diagnosis(code="F32.1", label="Depression, single episode"),
    Diagnosis(code="F33.2", label="Recurrent depression, severe"),
    Diagnosis(code="F41.1", label="Generalized anxiety"),
)

PAYERS = ("Medicare", "Medicaid", "Harbor Lane Health Plan", "Blue Mesa Mutual", "Self-pay", None)

AREA_CODES = ("206", "312", "404", "505", "617", "808", "907")

REASONS: Mapping[Flag, tuple[str, ...]] = MappingProxyType(
    {
        Flag.SAFETY_RISK: (
            "Thoughts of self-harm on the last questionnaire; safety plan reviewed, no intent stated",
            "Said life is not worth living; risk assessment done by phone, call again tomorrow",
        ),
        Flag.REVIEW: (
            "Dose raised six weeks ago, no change in score",
            "Side effects: poor sleep and restlessness; asks to stop the medicine",
            "Possible bipolar features in the family history",
        ),
        Flag.NEEDS_DISCUSSION: (
            "Moving out of the county next month",
            "Transport to the clinic has become difficult",
            "Prefers an interpreter for the next call",
        ),
    }
)

NOTES = (
    "Walks three times a week now; sleep a little better.",
    "Medicine taken most days; reminded of the refill.",
    "Problem solving: one step chosen for the week.",
    "Back at work part time.",
    "Low week after an argument at home; next step agreed.",
    "Asked about group sessions; leaflet sent.",
    "",
    "",
)

RECOMMENDATIONS = (
    ((RecommendationKind.MEDICATION,), "Raise the dose; review side effects in two weeks."),
    (
        (RecommendationKind.MEDICATION, RecommendationKind.MEASURE_AGAIN),
        "Switch the medicine, score in 4 weeks.",
    ),
    ((RecommendationKind.PSYCHOTHERAPY,), "Add behavioural activation, six sessions."),
    ((RecommendationKind.REFER,), "Refer for a sleep study before anything else is changed."),
    ((RecommendationKind.CONTINUE,), "Continue; the course is as expected."),
)

ANSWERS = (
    (Answer.DONE, ""),
    (Answer.DONE, ""),
    (Answer.ACCEPTED, ""),
    (Answer.DECLINED, "The patient prefers to wait; agreed to talk again next month."),
)
