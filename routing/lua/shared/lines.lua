-- How the lines stand.
-- ARGV[5] how many heads to name  [6] lines with their languages as JSON {{line, lang, ...}, ...}
-- Returns {'ok', {on duty, waiting, talking, oldest in s, waits, {place, ...}, paused 0|1, room},
-- ...} in the order given.
local out = {'ok'}
for _, l in ipairs(cjson.decode(ARGV[6])) do
  local heads = {}
  for i = 2, #l do
    for _, m in ipairs(prefix(WAITING, l[1] .. ':' .. l[i], 0, tonumber(ARGV[5]))) do heads[#heads + 1] = m end
  end
  out[#out + 1] = {
    count(DUTY, l[1]), count(WAITING, l[1]), count(TALKING, l[1]), oldest_wait(l), call('HGET', WAITS, l[1]) or '', heads,
    is_paused(l[1]) and 1 or 0, tonumber(call('HGET', ROOM, l[1]) or 0),
  }
end
return out
