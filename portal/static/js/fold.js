// Turkish letters as people type them in a hurry: "cöp", "COP" and "çöp" meet.
const PLAIN = { "ı": "i", "ş": "s", "ç": "c", "ğ": "g", "ö": "o", "ü": "u", "â": "a", "î": "i", "û": "u" }

export function fold(text) {
  return text.toLocaleLowerCase("tr").replace(/[ışçğöüâîû]/g, (letter) => PLAIN[letter])
}

export function wordsOf(text) {
  return fold(text).split(/[^a-z0-9]+/).filter(Boolean)
}
