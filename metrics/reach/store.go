package reach

import (
	"context"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

// parseName reads <table>:<period>.
func parseName(s string) (page, bool) {
	table, rest, ok := strings.Cut(s, ":")
	p, err := ParsePeriod(rest)
	if !ok || err != nil || name(Table(table), p) != s {
		return page{}, false
	}
	if Table(table) == totals {
		return page{totals, p}, p.Span == Month
	}
	for _, t := range Tables {
		for _, span := range t.Spent() {
			if t == Table(table) && span == p.Span {
				return page{t, p}, true
			}
		}
	}
	return page{}, false
}

// Load reads all sealed periods. ErrAway when the ledger does not answer.
func Load(ctx context.Context, rdb redis.UniversalClient, prefix string) (*Releases, error) {
	records, err := ExportSealed(ctx, rdb, prefix)
	if err != nil {
		return nil, err
	}
	return releasesOf(records), nil
}

// releasesOf reads sealed tables.
func releasesOf(records []SealedRecord) *Releases {
	var sealed []*Release
	var all []Totals
	for _, rec := range records {
		p, ok := parseName(rec.Key)
		if !ok {
			continue
		}
		if p.Table == totals {
			all = append(all, parseTotals(p.Period, rec.Fields)...)
			continue
		}
		if r := parseRelease(p, rec.Fields); r != nil {
			sealed = append(sealed, r)
		}
	}
	return NewReleases(sealed, all)
}

// parseRelease reads one sealed table, nil when it is none.
func parseRelease(p page, fields map[string]string) *Release {
	r := &Release{Table: p.Table, Period: p.Period, Since: p.Period.From, Cells: map[Cell]int64{}}
	var err error
	if r.Epsilon, err = ParseEpsilon(fields[".epsilon"]); err != nil {
		return nil
	}
	if since, err := ParseDay(fields[".since"]); err == nil {
		r.Since = since
	}
	r.LostDays, _ = strconv.Atoi(fields[".lost"])
	r.Draws, _ = strconv.Atoi(fields[".draws"])
	r.Back = fields[".back"] == "1"
	r.Emptied, _ = ParseDay(fields[".emptied"])
	r.Example = fields[".example"] == "1"
	for f, text := range fields {
		if strings.HasPrefix(f, ".") {
			continue
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil
		}
		r.Cells[Cell(f)] = n
	}
	return r
}

// refresh reads what was sealed since.
func (l *Ledger) refresh(ctx context.Context) error {
	names, err := l.rdb.SMembers(ctx, l.keys.sealedSet()).Result()
	if err != nil {
		return away("read", err)
	}
	same := len(names) == len(l.sealed)
	for _, n := range names {
		_, has := l.sealed[n]
		same = same && has
	}
	if same {
		return nil
	}
	records, err := ExportSealed(ctx, l.rdb, l.cfg.Prefix)
	if err != nil {
		return err
	}
	l.releases.Store(releasesOf(records))
	l.shown.Prepare()
	l.sealed = map[string]SealedRecord{}
	for _, rec := range records {
		if rec.Key != EnteredKey {
			l.sealed[rec.Key] = rec
		}
	}
	return nil
}
