-- What there is to say of single places in line beside where they stand: which are kept for one counsellor now, and which
-- of some came from another line, by a handover or since their young person was asked and said yes.
-- ARGV[5...] places
-- Returns {'ok', {{place, counsellor, Unix time in s until which it is kept, in how many s that is}, ...}, {those of them
-- that came from another line...}}.
local kept, moved = {}, {}
local all = call('ZRANGE', KEPT, 0, -1, 'WITHSCORES')
for i = 1, #all, 2 do
  local r, till = chat_of(all[i]), tonumber(all[i + 1])
  if r and kept_for(r) and (r.s == 'w' or r.s == 'o' and r.o == r.n) then
    kept[#kept + 1] = {all[i], r.n, till, math.max(1, till - now)}
  end
end
for i = 5, #ARGV do
  local r = chat_of(ARGV[i])
  if r and (r.of or r.no and r.no[r.l]) then moved[#moved + 1] = ARGV[i] end
end
return {'ok', kept, moved}
