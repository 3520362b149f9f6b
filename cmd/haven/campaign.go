package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"haven/metrics/campaign"
	"haven/metrics/reach"
)

// campaignCommand makes what the channels of the configuration hand out.
type campaignCommand struct {
	Link   campaignLink   `cmd:"" help:"Links of the campaigns: all of them in a table, or the one of a campaign and a channel."`
	Poster campaignPoster `cmd:"" help:"A poster with a QR code for one channel, as a page to print or make a PDF of, or the code alone as SVG."`
}

// linkedOrigin is where links lead to.
type linkedOrigin struct {
	Origin string `placeholder:"URL" help:"Where the chat is; left out: origin of the configuration."`
}

// from gives the origin. One that only this machine reaches is good for a try, and that is said.
func (o linkedOrigin) from(w *world, c *config, file string) (string, error) {
	origin := c.Origin
	if o.Origin != "" {
		if err := checkOrigin(o.Origin); err != "" {
			return "", usageError{fmt.Errorf("--origin: %s", err)}
		}
		origin = o.Origin
	}
	if origin == "" {
		return "", usageError{fmt.Errorf("%s: origin is missing: a link has to say where the chat is, such as https://chat.example.nl; for a try, --origin does", file)}
	}
	if strings.HasPrefix(origin, "http://") {
		fmt.Fprintf(w.stderr, "haven: note: %s is this machine alone; nobody else gets anywhere by such a link\n", origin)
	}
	return origin, nil
}

type campaignLink struct {
	configFile
	linkedOrigin
	Campaign string `placeholder:"NAME" help:"This campaign only."`
	Channel  string `placeholder:"NAME" help:"This channel only."`
	Line     string `placeholder:"LINE" help:"To this line; without it, a link to each and one to the page where people choose."`
}

func (c campaignLink) Run(w *world) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	wanted, err := cfg.linked(c.Campaign, c.Channel, c.Line)
	if err != nil {
		return usageError{err}
	}
	origin, err := c.from(w, cfg, c.Config)
	if err != nil {
		return err
	}
	if c.Campaign != "" && c.Channel != "" {
		_, err := fmt.Fprintln(w.stdout, campaign.Link(origin, c.Campaign, c.Channel, c.Line))
		return err
	}
	t := tabwriter.NewWriter(w.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "CAMPAIGN\tCHANNEL\tMEDIUM\tLINE\tLINK")
	for _, p := range wanted {
		for _, ch := range p.Channels {
			if c.Line == "" {
				fmt.Fprintf(t, "%s\t%s\t%s\t-\t%s\n", p.Name, ch.Name, ch.Medium, campaign.Link(origin, p.Name, ch.Name, ""))
			}
			for _, l := range p.Lines {
				fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", p.Name, ch.Name, ch.Medium, l, campaign.Link(origin, p.Name, ch.Name, l))
			}
		}
	}
	return t.Flush()
}

// linked is what of the campaigns was asked for; "" asks for all. What the configuration does not have is a mistake,
// since its link would be counted as "other".
func (c *config) linked(name, channel, line string) ([]reach.Campaign, error) {
	if len(c.Campaigns) == 0 {
		return nil, errors.New("the configuration has no campaigns")
	}
	var found []reach.Campaign
	var names, channels, lines []string
	add := func(to *[]string, name string) {
		if !slices.Contains(*to, name) {
			*to = append(*to, name)
		}
	}
	for _, p := range c.Campaigns {
		add(&names, p.Name)
		if name != "" && p.Name != name {
			continue
		}
		one := p
		one.Channels, one.Lines = nil, nil
		for _, ch := range p.Channels {
			add(&channels, ch.Name)
			if channel == "" || ch.Name == channel {
				one.Channels = append(one.Channels, ch)
			}
		}
		for _, l := range p.Lines {
			add(&lines, l)
			if line == "" || l == line {
				one.Lines = append(one.Lines, l)
			}
		}
		if len(one.Channels) > 0 && len(one.Lines) > 0 {
			found = append(found, one)
		}
	}
	if name != "" && !slices.Contains(names, name) {
		return nil, fmt.Errorf("there is no campaign %q; the configuration has %s", name, strings.Join(names, ", "))
	}
	of := ""
	if name != "" {
		of = " in campaign " + name
	}
	var errs []error
	if channel != "" && !slices.Contains(channels, channel) {
		errs = append(errs, fmt.Errorf("there is no channel %q%s; the configuration has %s", channel, of, strings.Join(channels, ", ")))
	}
	if line != "" && !slices.Contains(lines, line) {
		errs = append(errs, fmt.Errorf("there is no line %q%s; the configuration has %s", line, of, strings.Join(lines, ", ")))
	}
	if len(errs) == 0 && len(found) == 0 {
		errs = append(errs, fmt.Errorf("no campaign has both channel %s and line %s", channel, line))
	}
	return found, errors.Join(errs...)
}

type campaignPoster struct {
	configFile
	linkedOrigin
	Campaign string `required:"" placeholder:"NAME" help:"Campaign."`
	Channel  string `required:"" placeholder:"NAME" help:"Channel of the campaign."`
	Line     string `placeholder:"LINE" help:"Line to lead to; without it, the page where people choose."`
	Lang     string `default:"nl" enum:"nl,en" help:"nl or en."`
	Format   string `default:"html" enum:"html,svg" help:"html: an A4 page to print or make a PDF of. svg: the code alone."`
	Out      string `placeholder:"FILE" help:"Where to write it; left out: standard output."`
}

func (c campaignPoster) Run(w *world) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	if _, err := cfg.linked(c.Campaign, c.Channel, c.Line); err != nil {
		return usageError{err}
	}
	origin, err := c.from(w, cfg, c.Config)
	if err != nil {
		return err
	}
	write := campaign.PosterHTML
	if c.Format == "svg" {
		write = campaign.PosterSVG
	}
	var made bytes.Buffer
	if err := write(&made, cfg.poster(origin, c.Campaign, c.Channel, c.Line, c.Lang)); err != nil {
		return err
	}
	if c.Out == "" {
		_, err := made.WriteTo(w.stdout)
		return err
	}
	return os.WriteFile(c.Out, made.Bytes(), 0o644)
}

// poster is the poster of a channel, with the hours of the lines that it leads to.
func (c *config) poster(origin, name, channel, to, lang string) campaign.Poster {
	p := campaign.Poster{Origin: origin, Campaign: name, Channel: channel, Line: to, Lang: lang}
	i := slices.IndexFunc(c.Campaigns, func(of reach.Campaign) bool { return of.Name == name })
	for _, l := range c.Lines {
		if i >= 0 && slices.Contains(c.Campaigns[i].Lines, l.Name) && (to == "" || to == l.Name) {
			p.Open = append(p.Open, campaign.Open{Line: l.Name, Days: campaign.Hours(l.Hours, lang)})
		}
	}
	return p
}
