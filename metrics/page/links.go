package page

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"

	"haven/metrics/campaign"
	"haven/metrics/reach"
)

// linkRow is one way into the chat that a campaign hands out.
type linkRow struct {
	Line, Href, Poster, QR string
}

// linkChannel is a channel with its links: one on which people choose, and one to each line.
type linkChannel struct {
	Name, Medium string
	Rows         []linkRow
}

type linkCampaign struct {
	Name, When string
	Channels   []linkChannel
}

type linksView struct {
	frame
	Campaigns []linkCampaign
}

func (p *Page) serveLinks(w http.ResponseWriter, r *http.Request) error {
	l, err := langOf(r.URL.Query())
	if err != nil {
		return err
	}
	out := linksView{frame: l.frame("links", l.say("Links en posters", "Links and posters"), "/reach/links")}
	v := view{query: query{lang: l}}
	for _, c := range p.cfg.Plan.Campaigns {
		one := linkCampaign{Name: c.Name, When: v.when(c)}
		for _, ch := range c.Channels {
			channel := linkChannel{Name: l.name("channel", ch.Name), Medium: l.name("medium", string(ch.Medium))}
			for _, line := range append([]string{""}, c.Lines...) {
				of := []string{"campaign", c.Name, "channel", ch.Name, "line", line}
				name := l.say("Zelf kiezen", "Own choice")
				if line != "" {
					name = l.name("line", line)
				}
				channel.Rows = append(channel.Rows, linkRow{
					Line: name, Href: campaign.Link(p.cfg.Origin, c.Name, ch.Name, line),
					Poster: l.href("/reach/poster", of...), QR: l.href("/reach/qr.svg", of...),
				})
			}
			one.Channels = append(one.Channels, channel)
		}
		out.Campaigns = append(out.Campaigns, one)
	}
	return p.render(w, r, l, http.StatusOK, "links", out)
}

// poster reads what a poster is asked for, and refuses what the configuration does not have.
func (p *Page) poster(q url.Values) (out campaign.Poster, ok bool) {
	l, err := langOf(q)
	if err != nil {
		return out, false
	}
	i := slices.IndexFunc(p.cfg.Plan.Campaigns, func(c reach.Campaign) bool { return c.Name == q.Get("campaign") })
	if i < 0 {
		return out, false
	}
	c, channel, line := p.cfg.Plan.Campaigns[i], q.Get("channel"), q.Get("line")
	if !slices.ContainsFunc(c.Channels, func(ch reach.Channel) bool { return ch.Name == channel }) || line != "" && !slices.Contains(c.Lines, line) {
		return out, false
	}
	out = campaign.Poster{Origin: p.cfg.Origin, Campaign: c.Name, Channel: channel, Line: line, Lang: string(l), Stylesheet: "/reach/poster.css"}
	for _, x := range p.cfg.Lines {
		if slices.Contains(c.Lines, x.Name) && (line == "" || line == x.Name) {
			out.Open = append(out.Open, campaign.Open{Line: x.Name, Days: campaign.Hours(x.Hours, string(l))})
		}
	}
	return out, true
}

func (p *Page) servePoster(w http.ResponseWriter, r *http.Request) error {
	poster, ok := p.poster(r.URL.Query())
	if !ok {
		l, err := langOf(r.URL.Query())
		if err != nil {
			return err
		}
		return wrong{http.StatusNotFound, l, l.say("Die poster is er niet", "There is no such poster"),
			l.say("Posters zijn er voor de campagnes, kanalen en lijnen in de configuratie.", "There are posters for the campaigns, channels and lines of the configuration.")}
	}
	var body bytes.Buffer
	if err := campaign.PosterHTML(&body, poster); err != nil {
		return err
	}
	return send(w, r, http.StatusOK, "text/html; charset=utf-8", body.Bytes())
}

func (p *Page) servePosterStyle(w http.ResponseWriter, r *http.Request) error {
	return send(w, r, http.StatusOK, "text/css; charset=utf-8", []byte(campaign.StyleSheet))
}

func (p *Page) serveQR(w http.ResponseWriter, r *http.Request) error {
	poster, ok := p.poster(r.URL.Query())
	if !ok {
		return problem(w, http.StatusNotFound, "")
	}
	var body bytes.Buffer
	if err := campaign.PosterSVG(&body, poster); err != nil {
		return err
	}
	name := poster.Campaign + "-" + poster.Channel
	if poster.Line != "" {
		name += "-" + poster.Line
	}
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`.svg"`)
	return send(w, r, http.StatusOK, "image/svg+xml", body.Bytes())
}
