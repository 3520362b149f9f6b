-- Falls due: a desk gave no sign of life for the lease.
-- ARGV[5] name  [6] grace in s
-- Returns {'ok', changed...} or {'none'}.
local c = counsellor_of(ARGV[5])
if not fallen('lease:' .. ARGV[5]) then return {'none'} end
undue('lease:' .. ARGV[5])
if not c or c.k == '' then return {'none'} end
desk_down(ARGV[5], c, tonumber(ARGV[6]))
return {'ok', unpack(changed)}
