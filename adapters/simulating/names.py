"""Names of people and companies; none of them is meant to be a real one."""

KOREAN_SURNAMES = (
    *("김", "이", "박", "최", "정", "강", "조", "윤", "장", "임", "한", "오", "서", "신", "권"),
    *("황", "안", "송", "홍", "문"),
)
KOREAN_GIVEN = (
    *("서연", "민준", "지우", "도윤", "하은", "준서", "수아", "예준", "지민", "현우", "유진"),
    *("건우", "서현", "우진", "다은", "태윤", "채원", "승현", "가은", "재원", "소율", "성민"),
    *("나연", "동현", "혜진", "진호", "은지", "상훈", "미정", "영호"),
)
EUROPEAN_FIRST = (
    *("Anna", "Tom", "Claire", "Jan", "Sofia", "Lukas", "Emma", "Oliver", "Marie", "Pieter"),
    *("Giulia", "Felix", "Hannah", "James", "Louise", "Daan", "Elena", "Max", "Katarzyna"),
    *("Nils", "Ines", "Harry", "Freya"),
)
EUROPEAN_LAST = (
    *("Weber", "Hughes", "Martin", "de Vries", "Rossi", "Schneider", "Wilson", "Dubois"),
    *("Jansen", "Bianchi", "Fischer", "Taylor", "Moreau", "Bakker", "Keller", "Evans"),
    *("Lefevre", "Kowalska", "Lindqvist", "Ricci", "Hoffmann", "Clarke"),
)

KOREAN_ORGANISATIONS = (
    ("한빛전자", "Seoul", "enterprise", "hanbit-elec.example"),
    ("다온물류", "Incheon", "enterprise", "daon-logis.example"),
    ("푸른솔제약", "Daejeon", "enterprise", "pureunsol.example"),
    ("새벽식품", "Seoul", "business", "saebyeok-food.example"),
    ("가온건설", "Busan", "business", "gaon-const.example"),
    ("미르소프트", "Seoul", "business", "mirsoft.example"),
    ("누리증권", "Seoul", "enterprise", "nuri-sec.example"),
    ("해오름조선", "Ulsan", "enterprise", "haeoreum.example"),
    ("온새미교육", "Daegu", "small", "onsaemi-edu.example"),
    ("라온모빌리티", "Seoul", "business", "raon-mobility.example"),
    ("달빛호텔", "Jeju", "small", "dalbit-hotel.example"),
    ("바른회계법인", "Seoul", "small", "bareun-cpa.example"),
)
"""Name, region, segment, domain: the first ones have most requesters."""

EUROPEAN_ORGANISATIONS = (
    ("Nordwind Maschinenbau", "Germany", "enterprise", "nordwind.example"),
    ("Harbour & Finch", "United Kingdom", "business", "harbour-finch.example"),
    ("Atelier Lumen", "France", "business", "atelier-lumen.example"),
    ("Tulip Freight", "Netherlands", "business", "tulip-freight.example"),
    ("Alpenblick Versicherung", "Austria", "enterprise", "alpenblick.example"),
    ("Studio Quattro", "Italy", "small", "studio-quattro.example"),
)
