-- Falls due: the last intake before the end of a counsellor's shift was. As rest.
-- ARGV[5] name
-- Returns {'ok', changed...} or {'none'}.
local name, c = ARGV[5], counsellor_of(ARGV[5])
if not fallen('shift:' .. name) then return {'none'} end
undue('shift:' .. name)
if not c or not c.e then return {'none'} end
to_rest(name, c)
return {'ok', unpack(changed)}
