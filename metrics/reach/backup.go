package reach

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/redis/go-redis/v9"
)

// SealedRecord is one sealed table, or everything that was entered by hand, as a backup carries it. Periods that are
// open are never carried: two copies of one would give away what was counted between them.
type SealedRecord struct {
	Key    string            // <table>:<period>, or EnteredKey
	Fields map[string]string // as they stand in Redis
}

// EnteredKey is the Key of what was entered by hand.
const EnteredKey = "entered"

// ErrDiffers is returned for a sealed table that stands with other content. Sealed tables never change.
var ErrDiffers = errors.New("reach: sealed already, with other content")

// ExportSealed reads every sealed table and what was entered by hand, in the order of their names. ErrAway.
func ExportSealed(ctx context.Context, rdb redis.UniversalClient, prefix string) ([]SealedRecord, error) {
	k := keys{prefix}
	names, err := rdb.SMembers(ctx, k.sealedSet()).Result()
	if err != nil {
		return nil, away("read", err)
	}
	slices.Sort(names)
	pipe := rdb.Pipeline()
	var found []page
	var told []*redis.MapStringStringCmd
	for _, n := range names {
		if p, ok := parseName(n); ok {
			found = append(found, p)
			told = append(told, pipe.HGetAll(ctx, k.sealed(p.String())))
		}
	}
	entered := pipe.HGetAll(ctx, k.entered())
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, away("read", err)
	}
	var out []SealedRecord
	for i, p := range found {
		out = append(out, SealedRecord{p.String(), told[i].Val()})
	}
	if len(entered.Val()) > 0 {
		out = append(out, SealedRecord{EnteredKey, entered.Val()})
	}
	return out, nil
}

// CheckSealed says whether a record is one that ImportSealed takes.
func CheckSealed(rec SealedRecord) error {
	if rec.Key == EnteredKey {
		for field, text := range rec.Fields {
			if _, err := parseEntered(field, text); err != nil {
				return err
			}
		}
		return nil
	}
	p, ok := parseName(rec.Key)
	switch {
	case !ok:
		return fmt.Errorf("reach: %q is no table of a period", rec.Key)
	case p.Table == totals && rec.Fields[".epsilon"] != exact, p.Table != totals && parseRelease(p, rec.Fields) == nil:
		return fmt.Errorf("reach: %s does not read as a sealed table", rec.Key)
	}
	return nil
}

// ImportSealed puts back what is not there. It may be repeated. ErrDiffers, naming the table, and nothing of it has
// changed then; ErrAway, and then part of it may be there.
func ImportSealed(ctx context.Context, rdb redis.UniversalClient, prefix string, records []SealedRecord) error {
	k := keys{prefix}
	there, err := ExportSealed(ctx, rdb, prefix)
	if err != nil {
		return err
	}
	for _, rec := range records {
		if err := CheckSealed(rec); err != nil {
			return err
		}
		for _, old := range there {
			if rec.Key != EnteredKey && old.Key == rec.Key && !maps.Equal(old.Fields, rec.Fields) {
				return fmt.Errorf("%w: %s", ErrDiffers, rec.Key)
			}
		}
	}
	for _, rec := range records {
		if rec.Key == EnteredKey {
			for field, text := range rec.Fields { // what was entered since stands
				if err := rdb.HSetNX(ctx, k.entered(), field, text).Err(); err != nil {
					return away("restore", err)
				}
			}
			continue
		}
		if err := importSealed(ctx, rdb, k, rec); err != nil {
			return err
		}
	}
	return nil
}

func importSealed(ctx context.Context, rdb redis.UniversalClient, k keys, rec SealedRecord) error {
	p, _ := parseName(rec.Key)
	args := []any{rec.Key}
	for f, v := range rec.Fields {
		args = append(args, f, v)
	}
	keys := []string{k.sealed(p.String()), k.sealedSet(), k.open(p.String()), k.opened()}
	return away("restore", importScript.Run(ctx, rdb, keys, args...).Err())
}
