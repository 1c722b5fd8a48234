package control

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gorilla/mux"

	"liksom/server/clock"
)

// What [Worlds] refuse.
var (
	ErrWorldExists  = errors.New("there is a world of this name already")
	ErrDefaultWorld = errors.New("the default world cannot be removed")
)

// WorldError tells which member of a [WorldPlan] cannot be, and why.
type WorldError struct{ Field, Reason string }

func (e *WorldError) Error() string { return e.Field + ": " + e.Reason }

// Worlds are all worlds of the simulator, the same ones from within each
// (simulator contract, section 5).
type Worlds interface {
	// MakeWorld answers [ErrWorldExists] when the name is taken and a
	// [*WorldError] for a name that cannot be.
	MakeWorld(ctx context.Context, p WorldPlan) (World, error)
	// Worlds lists all, the default one first.
	Worlds(ctx context.Context) ([]World, error)
	World(ctx context.Context, name string) (World, bool, error)
	// RemoveWorld ends a world with all it holds, false when there is none;
	// [ErrDefaultWorld] for the one that stays.
	RemoveWorld(ctx context.Context, name string) (bool, error)
}

// WorldPlan is what a new world is to be like; what is zero is as usual.
type WorldPlan struct {
	Name, Seed string
	// Now, Speed and Frozen are its clock's.
	Now    time.Time
	Speed  float64
	Frozen bool
}

// World is what is told of one.
type World struct {
	Name    string
	Default bool
	URL     string
	Clock   clock.Reading
	// LastTouched is real time.
	LastTouched time.Time

	Merchants, Phones, Payments, Deliveries, Sockets int
}

type worldView struct {
	Name        string      `json:"name"`
	Default     bool        `json:"default"`
	URL         string      `json:"url"`
	Clock       clockView   `json:"clock"`
	Counts      worldCounts `json:"counts"`
	LastTouched time.Time   `json:"lastTouched"`
}

type worldCounts struct {
	Merchants  int `json:"merchants"`
	Phones     int `json:"phones"`
	Payments   int `json:"payments"`
	Deliveries int `json:"deliveries"`
	Sockets    int `json:"sockets"`
}

func viewWorld(w World) worldView {
	return worldView{
		Name: w.Name, Default: w.Default, URL: w.URL, Clock: viewClock(w.Clock), LastTouched: shown(w.LastTouched),
		Counts: worldCounts{w.Merchants, w.Phones, w.Payments, w.Deliveries, w.Sockets},
	}
}

func (c *Control) worlds(r *http.Request) (answer, error) {
	if _, _, err := parameters(r); err != nil {
		return answer{}, err
	}
	all, err := c.Worlds.Worlds(r.Context())
	if err != nil {
		return answer{}, err
	}
	views := make([]worldView, len(all))
	for i := range all {
		views[i] = viewWorld(all[i])
	}
	return ok(map[string][]worldView{"worlds": views})
}

func (c *Control) world(r *http.Request) (answer, error) {
	name := mux.Vars(r)["name"]
	w, known, err := c.Worlds.World(r.Context(), name)
	if err != nil {
		return answer{}, err
	}
	if !known {
		return answer{}, noWorld(name)
	}
	return ok(viewWorld(w))
}

func noWorld(name string) error {
	return missing(fmt.Sprintf("There is no world %q; GET /sim/v1/worlds lists those there are, POST /sim/v1/worlds makes one.", name))
}

func (c *Control) makeWorld(r *http.Request) (answer, error) {
	var body struct {
		Name  *string `json:"name"`
		Seed  string  `json:"seed"`
		Clock struct {
			Frozen bool       `json:"frozen"`
			Now    *time.Time `json:"now"`
			Speed  *float64   `json:"speed"`
		} `json:"clock"`
	}
	if err := decodeOptional(r, &body); err != nil {
		return answer{}, err
	}
	p := WorldPlan{Seed: body.Seed, Frozen: body.Clock.Frozen}
	if body.Name != nil {
		if p.Name = *body.Name; p.Name == "" {
			return answer{}, invalid("name", "A name has at least one letter or digit; leave it out to be given one.")
		}
	}
	if at := body.Clock.Now; at != nil {
		if p.Now = at.UTC(); p.Now.Year() < firstYear || p.Now.Year() > lastYear {
			return answer{}, invalid("clock.now", fmt.Sprintf("A clock shows the years %d to %d.", firstYear, lastYear))
		}
	}
	if speed := body.Clock.Speed; speed != nil {
		if p.Speed = *speed; !(p.Speed > 0 && p.Speed <= MaxSpeed) {
			return answer{}, invalid("clock.speed", wrongSpeed)
		}
	}
	made, err := c.Worlds.MakeWorld(r.Context(), p)
	var wrong *WorldError
	switch {
	case errors.As(err, &wrong):
		return answer{}, invalid(wrong.Field, wrong.Reason)
	case errors.Is(err, ErrWorldExists):
		return answer{}, conflict(fmt.Sprintf("There is a world %q already. DELETE /sim/v1/worlds/%s ends it; leave the name out to be given a new one.", p.Name, p.Name))
	case err != nil:
		return answer{}, err
	}
	return answer{status: http.StatusCreated, body: viewWorld(made)}, nil
}

func (c *Control) removeWorld(r *http.Request) (answer, error) {
	name := mux.Vars(r)["name"]
	removed, err := c.Worlds.RemoveWorld(r.Context(), name)
	if errors.Is(err, ErrDefaultWorld) {
		return answer{}, conflict("The default world stays as long as the simulator runs. POST /sim/v1/reset empties it.")
	}
	if err != nil {
		return answer{}, err
	}
	if !removed {
		return answer{}, noWorld(name)
	}
	return nothing()
}
