-- Falls due: a call for a lead stood for long.
-- ARGV[5] name
-- Returns {'ok'} or {'none'}.
local name, c = ARGV[5], counsellor_of(ARGV[5])
if not fallen('call:' .. name) then return {'none'} end
undue('call:' .. name)
if not c or not c.q then return {'none'} end
hush(name, c)
keep_counsellor(name, c)
return {'ok'}
