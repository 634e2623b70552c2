/** Nouns with their gender and their plural, the common ones first. The prose of `prose.ts` is made of the words in this file. */
export const nouns: readonly Noun[] = `
m Weg Wege|f Stadt Städte|n Haus Häuser|m Tag Tage|f Nacht Nächte|n Licht Lichter|m Mann Männer|f Frau Frauen|n Kind Kinder|m Freund Freunde
f Tür Türen|n Fenster Fenster|m Fluss Flüsse|f Brücke Brücken|n Wasser Gewässer|m Wald Wälder|f Straße Straßen|n Feld Felder|m Berg Berge|f Stimme Stimmen
n Buch Bücher|m Brief Briefe|f Hand Hände|n Auge Augen|m Wind Winde|f Glocke Glocken|n Dorf Dörfer|m Garten Gärten|f Küche Küchen|n Zimmer Zimmer
m Stuhl Stühle|f Lampe Lampen|n Bild Bilder|m Schatten Schatten|f Mauer Mauern|n Schiff Schiffe|m Hafen Häfen|f Insel Inseln|n Meer Meere|m Vogel Vögel
f Wolke Wolken|n Gewitter Gewitter|m Regen Regenfälle|f Kälte Fröste|n Feuer Feuer|m Ofen Öfen|f Uhr Uhren|n Jahr Jahre|m Winter Winter|f Erinnerung Erinnerungen
n Gespräch Gespräche|m Nachbar Nachbarn|f Lehrerin Lehrerinnen|n Mädchen Mädchen|m Kaufmann Kaufleute|f Reise Reisen|n Pferd Pferde|m Wagen Wagen|f Mühle Mühlen|n Brot Brote
m Apfel Äpfel|f Kirsche Kirschen|n Geheimnis Geheimnisse|m Schlüssel Schlüssel|f Truhe Truhen|n Schloss Schlösser|m Turm Türme|f Treppe Treppen|n Dach Dächer|m Keller Keller
f Werkstatt Werkstätten|n Werkzeug Werkzeuge|m Tischler Tischler|f Schneiderin Schneiderinnen|n Tuch Tücher|m Mantel Mäntel|f Tasche Taschen|n Geld Gelder|m Markt Märkte|f Waage Waagen
n Gewicht Gewichte|m Preis Preise|f Rechnung Rechnungen|n Papier Papiere|m Stift Stifte|f Zeichnung Zeichnungen|n Muster Muster|m Traum Träume|f Frage Fragen|n Rätsel Rätsel
m Zweifel Zweifel|f Antwort Antworten|n Wort Worte|m Satz Sätze|f Geschichte Geschichten|n Ende Enden|m Anfang Anfänge|f Grenze Grenzen|n Gesetz Gesetze|m Richter Richter
f Sonne Sonnen|n Tal Täler|m Gipfel Gipfel|f Quelle Quellen|n Moos Moose|m Pfad Pfade|f Spur Spuren|n Tier Tiere|m Fuchs Füchse|f Eule Eulen
n Nest Nester|m Ast Äste|f Wurzel Wurzeln|n Blatt Blätter|m Herbst Herbste|f Ernte Ernten|n Korn Körner|m Acker Äcker|f Wiese Wiesen|n Gras Gräser`
  .trim()
  .split(/[|\n]/)
  .map(nounOf)

export interface Noun {
  readonly gender: 'm' | 'f' | 'n'
  readonly one: string
  readonly many: string
}

/** Verbs in the third person of the past: without an object, with one, and as infinitives. */
export const verbsAlone: readonly string[] =
  'schwieg|lachte|wartete|kam zurück|blieb stehen|ging weiter|schlief ein|wachte auf|zögerte|nickte|seufzte|stand auf|setzte sich|verschwand|zitterte|träumte|arbeitete|lauschte|erschrak|verstummte|kehrte um|brach auf|reiste ab|fror|lächelte'.split(
    '|',
  )
export const verbsWithObject: readonly string[] =
  'sah|hörte|fand|suchte|nahm|brachte|trug|öffnete|schloss|verließ|betrat|liebte|fürchtete|kannte|vergaß|verstand|zeichnete|beschrieb|verkaufte|kaufte|reparierte|zerbrach|bewachte|bemerkte|betrachtete|berührte|erreichte|verlor|behielt|versteckte|zählte|prüfte|lobte|erwartete|überquerte|umging|mied|besaß|vermisste|verschenkte'.split(
    '|',
  )
export const infinitives: readonly string[] =
  'gehen|bleiben|warten|sprechen|schweigen|schreiben|lesen|helfen|aufhören|anfangen|zurückkehren|weiterziehen|ausruhen|zuhören|nachdenken|verzeihen|lügen|umkehren|singen|arbeiten|hoffen|schlafen|fortgehen|überlegen|widersprechen'.split(
    '|',
  )
export const adjectives: readonly string[] =
  'alt|neu|groß|klein|lang|kurz|still|laut|hell|dunkel|kalt|warm|fremd|vertraut|leer|voll|schwer|leicht|weit|nah|müde|wach|arm|reich|seltsam|einfach|schön|grau|grün|rot|weiß|schwarz|blau|gelb|freundlich|streng|krumm|gerade|trocken|nass|weich|hart|tief|flach|rund|ehrlich|heimlich|ruhig|unruhig|staubig|verlassen|hölzern|eisern|gläsern|steinern|vergessen|zerbrechlich|mürrisch|geduldig|ungewöhnlich|winzig|gewaltig|süß|bitter'.split(
    '|',
  )
export const adverbs: readonly string[] =
  'damals|heute|gestern|morgens|abends|nachts|plötzlich|langsam|schnell|leise|manchmal|oft|selten|niemals|immer|vielleicht|endlich|zuerst|später|draußen|drinnen|oben|unten|überall|nirgends|wieder|noch einmal|ohne ein Wort|mit einem Lächeln|wie immer|gegen Mittag|bei Tagesanbruch|im Vorbeigehen|zum ersten Mal|seit Jahren|nach einer Weile|trotz allem|zum Glück|wider Erwarten|ohne Eile'.split(
    '|',
  )
export const names: readonly string[] =
  'Johanna|Martin|Elisabeth|Konrad|Therese|Jakob|Margarete|Friedrich|Käthe|Ludwig|Änne|Theodor|Rosalie|Matthäus|Henriette|Jürgen|Brigitte|Wolfgang|Sibylle|Albrecht'.split(
    '|',
  )
/** Prepositions that take the dative. */
export const prepositions: readonly string[] = 'in|vor|hinter|neben|über|unter|zwischen|an|auf|bei|mit|aus|nach|seit|von|zu'.split('|')
/** Conjunctions after which the verb stays where it is. */
export const conjunctions: readonly string[] = ', und|, aber|, denn|; doch|, oder|;'.split('|')

function nounOf(text: string): Noun {
  const [gender = '', one = '', many = ''] = text.split(' ')
  if (gender !== 'm' && gender !== 'f' && gender !== 'n') throw new TypeError(`a noun begins with its gender, and this is ${text}`)
  return { gender, one, many }
}
