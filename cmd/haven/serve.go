package main

import (
	"errors"
	"log/slog"
	"runtime/debug"

	"haven/web"
)

// listenFlags are the two addresses, for a second node with the same configuration on one machine.
type listenFlags struct {
	Listen        string `placeholder:"ADDRESS" help:"For the pages and the chats: host:port or unix:/path."`
	MetricsListen string `placeholder:"ADDRESS" help:"For metrics and health: host:port. Never publish it."`
}

// override puts the flags over the configuration.
func (f listenFlags) override(c *config) error {
	var errs []error
	if f.Listen != "" {
		if what := checkAddress(f.Listen, true); what != "" {
			errs = append(errs, errors.New("--listen: "+what))
		}
		c.Listen = f.Listen
	}
	if f.MetricsListen != "" {
		if what := checkAddress(f.MetricsListen, false); what != "" {
			errs = append(errs, errors.New("--metrics-listen: "+what))
		}
		c.MetricsListen = f.MetricsListen
	}
	if err := errors.Join(errs...); err != nil {
		return usageError{err}
	}
	return nil
}

type serveCommand struct {
	configFile
	listenFlags
}

func (c serveCommand) Run(w *world) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	if err := c.override(cfg); err != nil {
		return err
	}
	if cfg.Origin == "" && !loopback(cfg.Listen) {
		return usageError{errors.New(c.Config + ": origin is missing: needed where --listen is not a port of this machine alone")}
	}
	if err := cfg.takeCodeKey(w.getenv); err != nil {
		return usageError{err}
	}
	if w.getenv("GOGC") == "" {
		// Most of what a node holds is sockets that wait: a fifth less memory for each of them, for two per cent of work.
		debug.SetGCPercent(50)
	}
	chats, accounts, err := openStore(w.getenv, cfg.Redis)
	if err != nil {
		return usageError{err}
	}
	defer chats.Close()
	if accounts != chats {
		defer accounts.Close()
	}
	log := slog.New(web.ClosedLog(slog.NewTextHandler(w.stderr, nil)))
	n, err := startNode(cfg, chats, accounts, log)
	if err != nil {
		return err
	}
	log.Info("listening", "component", "pages", "addr", n.addr)
	log.Info("listening", "component", "metrics", "addr", n.metricAddr)
	err = n.wait(w.ctx)
	log.Info("draining", "state", "draining")
	err = errors.Join(err, n.drain())
	log.Info("stopped", "state", "stopped")
	return err
}
