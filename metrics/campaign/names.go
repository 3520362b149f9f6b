package campaign

import "strings"

func set(words string) map[string]bool {
	m := make(map[string]bool)
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// givenNames are the first names that a name of a campaign is held against: those common in the Netherlands, of Dutch,
// Moroccan, Syrian, Turkish, Surinamese, Polish, Ukrainian, Chinese and other descent. Names that are words as well are
// not among them: some are in wordNames, and those that a campaign may well be called by themselves are nowhere: storm,
// hope, max, jip, jet, lot, april, june, nova, can, will, wei, mei, roman, tuba, kader.
var givenNames = set(`
aad abel adam agnes albert alex alexander alice amelie andrea angela anita anke anna anne annelies annemarie annemiek
annie anouk ans anton antoon arie arjan arnold astrid babette barbara bart bas bastiaan bea ben benjamin bente bernard
bert bianca boaz bob bram brian britt carla carlijn caroline casper cees charlotte chris christiaan christina claire
claudia corine cornelia cornelis corrie daan daniel danielle danny daphne david dennis diana dick dirk eddy edwin elin
eline elisa elisabeth elise ella ellen els elsa emily emma eric erik ernst esmee esther eva evelien evi femke fenna
fenne ferry finn fleur floris frank frans fred frederik frits gerard gerda gerrit gert gijs guus hannah hanneke hans
harm harry heleen hendrik henk herman hilde hugo ilse ineke inge ingrid irene isa isabel isabella jaap jack jacob
jacqueline jan janneke jantje jasmijn jasper jayden jelle jens jeroen jesse jim joanne joep johan johanna johannes john
joost joris jos josephine joshua juan judith julia julian jurre karel karen karin karlijn kees kevin kim koen lars
laura lauren leen lena leo leon levi liam lieke linda lisa lisanne liv lizzy lois loes lotte louis lucas luca luna luuk
lynn maaike maarten maartje maria marie marieke marijke marit marja marjan marjolein marc marcel marco mario marlies martijn martin
martine mathijs matthijs maud maurits melissa menno merel michael michel michelle mick mieke mila milan milou mirjam
monique morris nathalie naomi nick nicole niels nienke nina noah noor noortje nora noud oliver olivia otis owen pascal
patricia patrick paul paula peter petra piet pieter pim pleun quinten rachel ralph raymond rebecca remco renate rene
riet rianne rick rik rob robbert robert robin roel roeland roland romy ron ronald rosa ruben rudolf ruth ruud ryan saar
sabine sam samuel sander sandra sanne sara sarah sascha saskia sebastiaan sem simon simone sjoerd sofia sofie sonja
sophia sophie stan stefan stefanie steven stijn suzanne sven sylvia tamara tara teun thea theo thijs thijmen thomas tijn
tim timo tineke tobias tom truus tygo vera victor vincent willem willemijn wilma wim wouter xander yara yvonne zoe zoey

abdel abdelkader abdellah abderrahim abdul abdullah adil ahmad ahmed aicha aisha ali amal amin amina amine amir anas
anass asma ayman ayoub aziz bilal bouchra brahim driss fadma farah farid fatiha fatima fatma fouad habiba hafid hafsa
hajar hakim halima hamid hamza hanan hanane hasan hassan hayat hicham houda ibrahim idris ikram ilham ilias ilyas iman
imane ismail jamal jamila jawad kamal karim karima khadija khalid laila latifa leila loubna mahmoud malak malika mariam
marwa maryam meryem mimoun mina mohamad mohamed mohammad mohammed mounir muhammad mustafa mustapha nabil nadia naima
najat najib nawal nordin omar omaima oussama rachid rachida rayan redouan rim sabrina safae saida salima salma samir
samira sanae siham soufian soufiane soukaina soumaya tarik wassim yahya yasin yasmin yasmina yasmine yassin yassine
younes youness youssef yousra yusra yusuf zakaria zakariya zineb

ahmet arda aslihan aylin ayse aysegul azra baris beyza burak busra cem ceren cihan defne deniz derya dilara ebru ecrin
elif emine emir emre enes ercan erdem esra eylul fatih ferhat furkan gamze gizem gokhan gul gulsen hakan halil hatice
havva huseyin ilayda kaan kemal kerem kubra levent mehmet melek melisa mert merve metin miray murat naz nuray
omer onur orhan osman ozan ozlem ramazan recep rukiye sedat seda selin selma serkan sevda sibel sinem sultan suleyman
tugba tuncay ugur umut volkan yagmur yasemin yigit yilmaz zehra zeynep

anand anil anjali anoushka arvind asha ashwin clarence clyde cheyenne chantal dewi dinesh djoeke fabian gaitri genaro
giovanni glenn hesdy humphrey indra jaswant jermaine joyce kavita kenneth kiran krishna lakshmi lesley lucien marciano
marlon mavis melvin mitchell nirmala orlando pravin priya quincy radjesh radha rajesh ravi reshma romano roshni rowena
sandhya sergio shanti shaniqua sharon shirley sita soenil sunita sunil urmila usha vijay vinod wendel winston

agnieszka aleksandra andrzej anastasia bogdan dariusz ewa hanna iryna jakub joanna kasia katarzyna krzysztof magdalena
malgorzata mateusz monika natalia oksana olena pawel piotr tatiana tomasz viktor wojciech yuliia
abeba bereket filmon helen mulugeta natnael samrawit semhar selam tesfay yonas yohannes
amira bashir fadi ghada hadi hala maya mazen nour rami rania reem tareq wael zaid zainab

abdelaziz abdelhak abdelkarim abdelmajid abdessamad aboubakr achraf aissa akram anouar asmae ayat aymane badr basma chaima
chaimae douae dounia fatimazahra ghizlane hafida hakima halim hasna hasnae hossein houssam houssaine ibtissam ihsane imad
imrane inas intissar ismael issam jaouad jihane kaltoum kaoutar kawtar kenza khalil lamia lina loubaba maha majda
marouane mehdi miloud mouad mourad nadir nahla najim najoua nassim nezha nisrine noura noureddine omayma othman rabia
rajae reda redouane riad ridouan saad saadia sahar salaheddine sami sana sanaa sofyan soulaimane tariq touria wafae walid
widad yasser yassir zahra zakia ziad ziyad zohra
abdulrahman alaa ammar anwar ayham basel bassel dima doaa eyad feras firas ghassan haitham hiba iyad jumana kinan louai luay
lubna majd manar mohanad muhannad nizar obada osama qusay raghad rawan razan reham rula saleh samer suha taim wisam
yaman yamen yazan zein zeina azad berivan dilan farhad navid nasrin omid parisa rojda rojin roya shirin zilan

alper aras asya atakan aysenur baran basak batuhan begum berat berkay bilge bora bulent cansu cemal cemile cengiz ceyda
duygu ece eda efe emirhan emrah erkan erol ersin esin evren eymen ezgi fadime feyza fidan figen filiz funda gokce hanife
hazal hilal hulya ilker ilknur ipek irem kadir kagan koray leyla mahir mahmut meltem metehan mikail muhammet muharrem
nazli necati nermin nesrin nihat nilgun nurcan nurgul oguz okan oktay ozgur pelin pinar poyraz recai remzi resul rumeysa
saliha selcuk selim semra serap serdar serhat sevgi sevim seyma sinan songul suat sude sumeyye taha tayfun tolga tuana
turgut ufuk vildan yaren yavuz yunus zeliha zeki zerrin zubeyde

anisha arti ashna ashvin avinash dharmendra dhiradj errol faried ganesh geeta gita glen hemant imro indrani
ivanildo jagdish jaya jerrel jyoti kamini kenrick kishan lalita lloyd madhuri mahesh manisha milton mohan nandini naresh
nisha ornella pooja prakash pramod preeti radjen rakesh ramesh rekha rinaldo rishi ronny roshan rudie sarita satish savitri
shandro shivani soeradj soeshma stanley subhas sudesh suresh sushma tirza varsha vikash vishal wensley zulaika

adrian agata alicja bartek bartosz beata bozena cezary damian danuta dawid dominik dominika dorota edyta elzbieta
emilia eryk filip franciszek gosia grazyna grzegorz halina hubert igor irena iwona jacek jadwiga janusz jaroslaw jerzy
jolanta jozef justyna kacper kamil kamila karol karolina kinga klaudia konrad krystian krystyna leszek lucyna lukasz
maciej maja malwina marcin marek mariola mariusz marta marzena michal mikolaj milena miroslaw oliwia oskar patryk paulina
przemyslaw radoslaw rafal renata roksana ryszard sebastian slawomir stanislaw szymon tadeusz teresa urszula wiktor
wiktoria wieslaw wioletta wojtek zbigniew zofia zuzanna

anastasiia andrii andriy artem bohdan bohdana daryna denys dmytro halyna ihor inna ivan ivanna kateryna khrystyna
kostiantyn kyrylo larysa lesia liubov liudmyla lyudmyla maksym marharyta mariia mariya mykhailo mykola myroslava nadiia
nataliia nataliya nazar oleh oleksandr oleksandra oleksii oleksiy olga olha orest ostap pavlo petro polina roksolana
ruslan serhii serhiy sofiia solomiia stepan svitlana svetlana taras tetiana tetyana tymofii vadym valentyna vasyl
viktoriia viktoriya vitalii vitaliy vladyslav volodymyr yana yaroslav yaroslava yevhen yevheniia yuliya yurii zlata zoriana

hao haoran jiahao jing junjie lihua meiling ming weiming xiao xiaoling xiaoming xin xinyi yijun yuxuan zihan
`)

// wordNames are first names and surnames that are common and are words besides. They are held to be people only where
// nothing else stands beside them.
var wordNames = set(`
roos rose joy mark faith floor linde lieve amber jade puck said
bakker visser vos bos kok koning prins dekker timmerman schipper molenaar brouwer kuiper wolf haan koster vink jager
`)

// surnames are common ones that are no word besides, so that bakker, visser, bos and vos are not among them. Behind a
// first name that is not known, or behind an initial, they still tell a person.
var surnames = set(`
aarts aerts amrani arslan aydin bouali bouzid boukhris bosman bruijn celik coenen cornelissen dekkers demir dijkstra
driessen evers gerritsen goossens haddou hendriks hendrikse hermans hoekstra huisman hussein jacobs jansen jansens
janssen janssens kaya kilic koopmans kramer kuipers kumar lammers martens meijer meijers mulder nguyen ozdemir ozturk
peeters peters postma ramdin ramlal sahin sanders schouten scholten sewnandan singh smeets smit smits tahiri timmermans
veenstra verbeek verhoeven vermeulen verschoor wessels willems wolters wouters yildirim yildiz zijlstra

de-boer de-bruijn de-graaf de-jong de-vries den-hartog el-amrani el-idrissi el-khattabi ben-ali ter-horst
van-beek van-dam van-de-ven van-den-berg van-den-bosch van-den-broek van-den-heuvel van-der-heijden van-der-horst
van-der-laan van-der-linden van-der-meer van-der-meulen van-der-veen van-der-ven van-der-wal van-dijk van-dongen van-es
van-leeuwen van-loon van-rijn van-veen van-vliet van-wijk
deboer devries dejong vandam vandenberg vandijk

aksoy aktas benali bulut cetin dogan elamrani erdogan kaplan korkmaz ozcan ozer ozkan polat simsek tekin yavuz
bhagwandin biharie bissumbhar chotoe gopal jagroep jhagroe kalpoe kisoensingh kromosoeto landveld mahabier mohabir
oemrawsingh pahlad pawiroredjo pinas raghoebarsing ramautar rambaran ramcharan ramdas ramkisoen ramsaran sardjoe
sastroredjo sukhai tewarie
dabrowski jankowski kaminska kaminski kowalczyk kowalska kowalski kozlowski krawczyk lewandowska lewandowski mazur nowak
szymanski wisniewska wisniewski wojcik wozniak zielinska zielinski
bondarenko ivanenko kovalchuk kovalenko kravchenko lysenko marchenko melnyk oliynyk petrenko rudenko savchenko shevchenko
tkachenko zelenska zelenskyi
chan chen cheng cheung huang leung tsang xie yeung zhang zhao zheng zhou
`)
