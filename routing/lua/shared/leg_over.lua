-- Falls due: a handover was not taken for long. The first counsellor goes on.
-- ARGV[5] offer
-- Returns {'ok', changed...} or {'none'}.
if not fallen('leg:' .. ARGV[5]) then return {'none'} end
undue('leg:' .. ARGV[5])
local g = chat_of(ARGV[5])
if not g or not g.of then return {'none'} end
give_back(g)
return {'ok', unpack(changed)}
