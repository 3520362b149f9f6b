-- The desks of one node are alive. One that had lapsed meanwhile is back; one that is unknown must enter again.
-- ARGV[5] lease in s  [6], [7] name, node/sock  [8], [9] ...
-- Returns {'ok', n, the n unknown names..., changed...}.
local unknown = {}
for i = 6, #ARGV, 2 do
  local name, sock = ARGV[i], ARGV[i + 1]
  local c = counsellor_of(name)
  if not c then
    unknown[#unknown + 1] = name
  elseif c.k == sock then
    due('lease:' .. name, tonumber(ARGV[5]))
  elseif c.k == '' then
    desk_up(name, c, sock, tonumber(ARGV[5]))
  end
end
local out = {'ok', #unknown}
for _, n in ipairs(unknown) do out[#out + 1] = n end
for _, x in ipairs(changed) do out[#out + 1] = x end
return out
