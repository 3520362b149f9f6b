-- Falls due every few seconds: nobody is there any more who could take a handover, or it was not taken for long. The first
-- counsellor goes on.
-- ARGV[5] offer  [6] when to look again in s  [7] how long it may take in s
-- Returns {'ok', changed...} or {'none'}.
if not fallen('leg:' .. ARGV[5]) then return {'none'} end
undue('leg:' .. ARGV[5])
local g = chat_of(ARGV[5])
if not g or not g.of then return {'none'} end
if now - g.a < tonumber(ARGV[7]) and someone_at(g.l, g.fr, g.n, {g.l}) then
  due('leg:' .. ARGV[5], tonumber(ARGV[6]))
else
  give_back(g)
end
return {'ok', unpack(changed)}
