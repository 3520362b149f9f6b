-- A counsellor rests: no more offers; one that rings goes back in line.
-- ARGV[5] name
-- Returns {'ok', changed...} or {'none'}: she is not at a desk.
local name, c = ARGV[5], counsellor_of(ARGV[5])
if not c then return {'none'} end
to_rest(name, c)
return {'ok', unpack(changed)}
