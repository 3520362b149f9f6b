package campaign

import (
	"strings"
	"testing"
	"unicode"
)

// municipalities are those of the Netherlands in 2023, as they call themselves, and some that have merged since the
// council's question.
var municipalities = `Aa en Hunze, Aalsmeer, Aalten, Achtkarspelen, Alblasserdam, Albrandswaard, Alkmaar, Almelo, Almere, Alphen aan den Rijn,
Alphen-Chaam, Altena, Ameland, Amersfoort, Amstelveen, Amsterdam, Apeldoorn, Arnhem, Assen, Asten, Baarle-Nassau, Baarn, Barendrecht,
Barneveld, Beek, Beekdaelen, Beesel, Berg en Dal, Bergeijk, Bergen, Bergen op Zoom, Berkelland, Bernheze, Best, Beuningen, Beverwijk,
De Bilt, Bladel, Blaricum, Bloemendaal, Bodegraven-Reeuwijk, Boekel, Borger-Odoorn, Borne, Borsele, Boxtel, Breda, Bronckhorst, Brummen,
Brunssum, Bunnik, Bunschoten, Buren, Capelle aan den IJssel, Castricum, Coevorden, Cranendonck, Culemborg, Dalfsen, Dantumadiel, Delft,
Den Haag, Den Helder, Deurne, Deventer, Diemen, Dijk en Waard, Dinkelland, Doesburg, Doetinchem, Dongen, Dordrecht, Drechterland,
Drimmelen, Dronten, Druten, Duiven, Echt-Susteren, Edam-Volendam, Ede, Eemnes, Eemsdelta, Eersel, Eijsden-Margraten, Eindhoven, Elburg,
Emmen, Enkhuizen, Enschede, Epe, Ermelo, Etten-Leur, De Fryske Marren, Geertruidenberg, Geldrop-Mierlo, Gemert-Bakel, Gennep,
Gilze en Rijen, Goeree-Overflakkee, Goes, Goirle, Gooise Meren, Gorinchem, Gouda, Groningen, Gulpen-Wittem, Haaksbergen, Haarlem,
Haarlemmermeer, Halderberge, Hardenberg, Harderwijk, Hardinxveld-Giessendam, Harlingen, Hattem, Heemskerk, Heemstede, Heerde, Heerenveen,
Heerlen, Heeze-Leende, Heiloo, Hellendoorn, Helmond, Hendrik-Ido-Ambacht, Hengelo, 's-Hertogenbosch, Het Hogeland, Heumen, Heusden,
Hillegom, Hilvarenbeek, Hilversum, Hoeksche Waard, Hof van Twente, Hollands Kroon, Hoogeveen, Hoorn, Horst aan de Maas, Houten, Huizen,
Hulst, IJsselstein, Kaag en Braassem, Kampen, Kapelle, Katwijk, Kerkrade, Koggenland, Krimpen aan den IJssel, Krimpenerwaard, Laarbeek,
Land van Cuijk, Landgraaf, Landsmeer, Lansingerland, Laren, Leeuwarden, Leiden, Leiderdorp, Leidschendam-Voorburg, Lelystad, Leudal,
Leusden, Lingewaard, Lisse, Lochem, Loon op Zand, Lopik, Losser, Maasdriel, Maasgouw, Maashorst, Maassluis, Maastricht, Medemblik,
Meerssen, Meierijstad, Meppel, Middelburg, Midden-Delfland, Midden-Drenthe, Midden-Groningen, Moerdijk, Molenlanden, Montferland,
Montfoort, Mook en Middelaar, Neder-Betuwe, Nederweert, Nieuwegein, Nieuwkoop, Nijkerk, Nijmegen, Nissewaard, Noardeast-Fryslân,
Noord-Beveland, Noordenveld, Noordoostpolder, Noordwijk, Nunspeet, Oegstgeest, Oirschot, Oisterwijk, Oldambt, Oldebroek, Oldenzaal,
Olst-Wijhe, Ommen, Oost Gelre, Oosterhout, Ooststellingwerf, Oostzaan, Opmeer, Opsterland, Oss, Oude IJsselstreek, Ouder-Amstel,
Oudewater, Overbetuwe, Papendrecht, Peel en Maas, Pekela, Pijnacker-Nootdorp, Purmerend, Putten, Raalte, Reimerswaal, Renkum, Renswoude,
Reusel-De Mierden, Rheden, Rhenen, Ridderkerk, Rijssen-Holten, Rijswijk, Roerdalen, Roermond, De Ronde Venen, Roosendaal, Rotterdam,
Rozendaal, Rucphen, Schagen, Scherpenzeel, Schiedam, Schiermonnikoog, Schouwen-Duiveland, Simpelveld, Sint-Michielsgestel,
Sittard-Geleen, Sliedrecht, Sluis, Smallingerland, Soest, Someren, Son en Breugel, Stadskanaal, Staphorst, Stede Broec, Steenbergen,
Steenwijkerland, Stein, Stichtse Vecht, Súdwest-Fryslân, Terneuzen, Terschelling, Texel, Teylingen, Tholen, Tiel, Tilburg, Tubbergen,
Twenterand, Tynaarlo, Tytsjerksteradiel, Uitgeest, Uithoorn, Urk, Utrecht, Utrechtse Heuvelrug, Vaals, Valkenburg aan de Geul,
Valkenswaard, Veendam, Veenendaal, Veere, Veldhoven, Velsen, Venlo, Venray, Vijfheerenlanden, Vlaardingen, Vlieland, Vlissingen,
Voerendaal, Voorne aan Zee, Voorschoten, Voorst, Vught, Waadhoeke, Waalre, Waalwijk, Waddinxveen, Wageningen, Wassenaar, Waterland,
Weert, West Betuwe, West Maas en Waal, Westerkwartier, Westerveld, Westervoort, Westerwolde, Westland, Weststellingwerf, Wierden, Wijchen,
Wijdemeren, Wijk bij Duurstede, Winterswijk, Woensdrecht, Woerden, De Wolden, Wormerland, Woudenberg, Zaanstad, Zaltbommel, Zandvoort,
Zeewolde, Zeist, Zevenaar, Zoetermeer, Zoeterwoude, Zuidplas, Zundert, Zutphen, Zwartewaterland, Zwijndrecht, Zwolle,
Hellevoetsluis, Brielle, Westvoorne, Weesp, Langedijk, Heerhugowaard, Landerd, Uden, Boxmeer, Cuijk, Grave, Mill en Sint Hubert, Sint Anthonis`

func TestMunicipality(t *testing.T) {
	names := strings.Split(strings.ReplaceAll(municipalities, "\n", " "), ", ")
	if len(names) < 342 {
		t.Errorf("%d municipalities", len(names))
	}
	for _, name := range append(names, "'s-Gravenhage", "’s-Gravenhage", "Nuenen, Gerwen en Nederwetten", "Den Haag en Delft", "Haaglanden", "Regio Utrecht",
		"SÚDWEST-FRYSLÂN", "den haag", "IJsselstein", "Bergen NH") {
		if err := Municipality(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, tt := range []struct{ name, want string }{
		{"", "is expected here"}, {"-", "is expected here"}, {" Den Haag", "is expected here"}, {"Den  Haag", "is expected here"},
		{"=1+1 Jan Jansen Lijsterstraat 4", "letters, spaces, hyphens and apostrophes"},
		{"Den Haag 2511", "letters, spaces"}, {"+31", "letters, spaces"}, {"Den\nHaag", "letters, spaces"}, {"Den Haag\u202e", "letters, spaces"},
		{"Дelft", "letters, spaces"}, {"<b>Delft</b>", "letters, spaces"}, {"Delft (ZH)", "letters, spaces"}, {"jan@example", "letters, spaces"},
		{"Jan Jansen", "a person's first name (jan)"}, {"Delft, Fatima", "a person's first name (fatima)"}, {"Familie Nowak", "a person's surname (nowak)"},
		{"Delft Jürgen de Vries", "a person's surname (de-vries)"}, {"Mevrouw Bakker", "somebody who is spoken to"}, {"J. Smid", "letters, spaces"}, {"-Delft", "is expected here"}, {"Delft,", "is expected here"},
		{"J Zwart", "initials and a surname"}, {"Gülşen", "a person's first name (gulsen)"}, {"Lisa's school", "(lisa)"}, {"Hendrik", "(hendrik)"},
		{"Delft Lijsterstraat", "an address (lijsterstraat)"}, {"Lange Dreef", "an address (dreef)"}, {"Roos", "nothing else"},
		{strings.Repeat("Aa en ", 9) + "Hunze", "at most 48 letters"},
	} {
		if err := Municipality(tt.name); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: got %v, want %s", tt.name, err, tt.want)
		}
	}
}

// FuzzMunicipality holds that what is taken is letters and what joins them, in one line, and never begins a formula.
func FuzzMunicipality(f *testing.F) {
	for _, s := range []string{"", "Den Haag", "'s-Gravenhage", "Súdwest-Fryslân", "=1+1", "Jan Jansen", "\xff", "-1", "Aa, Bb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		err := Municipality(name)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("%q is refused with %q", name, err)
			}
			return
		}
		for _, r := range name {
			if !unicode.IsLetter(r) && !strings.ContainsRune(" -'’,", r) {
				t.Errorf("%q is taken", name)
			}
		}
		if what := Person(strings.ToLower(name)); what != "" && !namedAfter[strings.ToLower(name)] {
			t.Errorf("%q is taken and is %s", name, what)
		}
	})
}
