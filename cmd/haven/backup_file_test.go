package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"

	"haven/metrics/reach"
	"haven/web/staff"
)

// small is a backup that is quickly gone through byte by byte.
func small() *backup {
	hash := "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g"
	b := &backup{
		accounts: []staff.Record{
			{Name: "Noor", Hash: hash, Role: staff.RoleCounsellor, Lines: []string{"jip"}, Langs: []string{"nl"}},
			{Name: "Zoë", Hash: hash, Role: staff.RoleAdmin, Lines: []string{}, Langs: []string{}, Disabled: true},
		},
		sealed: []reach.SealedRecord{
			{Key: "topics:2025", Fields: map[string]string{".epsilon": "1/4", ".since": "2025-01-01", ".lost": "0", "jip|home": "17", "jip|school": "-3"}},
			{Key: reach.EnteredKey, Fields: map[string]string{"chatten-helpt|poster|2025-03": `{"reached":12000,"cost_cents":5}`}},
		},
	}
	b.head = backupHead{backupFormat, backupVersion, "haven", "2026-11-23", len(b.accounts), len(b.sealed)}
	return b
}

func smallBackup(t *testing.T, b *ledgerBench) string {
	t.Helper()
	return b.file("small", small().encode())
}

// resummed is a file with another text in it and a checksum that fits.
func resummed(data []byte, old, now string) []byte {
	last := bytes.LastIndex(data, []byte(`{"sha256"`))
	body := bytes.Replace(data[:last], []byte(old), []byte(now), 1)
	if bytes.Equal(body, data[:last]) {
		panic("nothing was changed: " + old)
	}
	return fmt.Appendf(body, "{\"sha256\":\"%x\"}\n", sha256.Sum256(body))
}

func TestDecodeBackup(t *testing.T) {
	good := small().encode()
	if b, err := decodeBackup(good); err != nil || !bytes.Equal(b.encode(), good) {
		t.Fatal(err)
	}
	for n := range good {
		if _, err := decodeBackup(good[:n]); err == nil {
			t.Errorf("cut off after %d of %d bytes it is taken", n, len(good))
		}
		for _, bit := range []byte{1, 0x20, 0x80} {
			flipped := bytes.Clone(good)
			flipped[n] ^= bit
			if _, err := decodeBackup(flipped); err == nil {
				t.Errorf("with byte %d flipped by %x it is taken", n, bit)
			}
		}
	}
	lines := bytes.SplitAfter(good, []byte("\n"))
	swapped := slices.Concat(lines[0], lines[2], lines[1], lines[3], lines[4])
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"nothing":              {nil, "not a backup"},
		"another file":         {[]byte(`{"lines":[]}` + "\n"), "not a backup"},
		"another format":       {resummed(good, "haven-backup", "haven-report"), "not a backup"},
		"a later version":      {resummed(good, `"version":1`, `"version":2`), "has version 2 and this build reads version 1"},
		"a time":               {resummed(good, "2026-11-23", "2026-11-23T10:00:00"), "not as haven backup writes it"},
		"no day":               {resummed(good, "2026-11-23", "2026-11-31"), "not as haven backup writes it"},
		"a prefix":             {resummed(good, `"haven",`, `"a b",`), "not as haven backup writes it"},
		"a wrong count":        {resummed(good, `"accounts":2`, `"accounts":3`), "not as haven backup writes it"},
		"an unknown field":     {resummed(good, `"disabled":false`, `"disabled":false,"gen":3`), "not as haven backup writes it"},
		"another spelling":     {resummed(good, `"Noor"`, `"\u004eoor"`), "not as haven backup writes it"},
		"a blank":              {resummed(good, `"version":1`, `"version": 1`), "not as haven backup writes it"},
		"an empty line":        {resummed(good, "{\"account\"", "\n{\"account\""), "not as haven backup writes it"},
		"another record":       {resummed(good, `{"account":`, `{"chat":`), "not as haven backup writes it"},
		"another order":        {resummed(append(swapped, lines[5]...), `"made"`, `"made"`+" "), "not as haven backup writes it"},
		"the same twice":       {resummed(good, `"Zoë"`, `"Noor"`), "not as haven backup writes it"},
		"a strange name":       {resummed(good, `"Noor"`, `"No/r"`), "account 1 of the backup: staff: a name is"},
		"a strange role":       {resummed(good, `"counsellor"`, `"boss"`), "account 1 of the backup: staff: a role is"},
		"a strange line":       {resummed(good, `["jip"]`, `["JIP"]`), "account 1 of the backup: staff: a line or language is"},
		"a costly hash":        {resummed(good, `m=19456`, `m=99999999`), "account 1 of the backup: staff: an account's hash is malformed"},
		"an open period":       {resummed(good, "topics:2025", "open:topics:2025"), "is no table of a period"},
		"a table of no period": {resummed(good, "topics:2025", "topics:2025-03"), "is no table of a period"},
		"no figures":           {resummed(good, `"17"`, `"many"`), "does not read as a sealed table"},
		"a strange entry":      {resummed(good, "2025-03", "March"), "reach: "},
	} {
		if _, err := decodeBackup(c.data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func FuzzDecodeBackup(f *testing.F) {
	good := small().encode()
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add(resummed(good, `"version":1`, `"version":2`))
	f.Add([]byte("{}\n{}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := decodeBackup(data)
		if err == nil && !bytes.Equal(b.encode(), data) {
			t.Error("taken, and written in another way")
		}
		// Nobody guesses a checksum: the lines behind it are tried with one that fits.
		if i := bytes.LastIndex(data, []byte(`{"sha256"`)); i > 0 {
			fits := fmt.Appendf(bytes.Clone(data[:i]), "{\"sha256\":\"%x\"}\n", sha256.Sum256(data[:i]))
			if b, err := decodeBackup(fits); err == nil && !bytes.Equal(b.encode(), fits) {
				t.Error("taken with another checksum, and written in another way")
			}
		}
	})
}
