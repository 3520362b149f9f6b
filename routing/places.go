package routing

import "context"

// Places is what there is to say of single places in line beside where they stand.
type Places struct {
	Moved []string // of those asked about: came from another line, by a handover or with its young person's yes
}

// Places looks at some places, by the names that LineView.Heads has. One script call, O(places).
func (r *Router) Places(ctx context.Context, some []string) (Places, error) {
	args := make([]any, len(some))
	for i, chat := range some {
		args[i] = chat
	}
	_, v, err := r.shared(ctx, "places", -1, args...)
	if err != nil {
		return Places{}, err
	}
	return Places{Moved: texts(v)}, nil
}
