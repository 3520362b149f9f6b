-- Falls due: a breather is over; she may be rung again.
-- ARGV[5] name
-- Returns {'ok'} or {'none'}.
local name, c = ARGV[5], counsellor_of(ARGV[5])
if not fallen('breath:' .. name) then return {'none'} end
undue('breath:' .. name)
if not c or not c.b then return {'none'} end
c.b, c.i = nil, call('INCR', TICKETS)
keep_counsellor(name, c)
serve_counsellor(name, c)
return {'ok'}
