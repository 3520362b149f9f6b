-- How some lines stand, for those who lead them, with the first places in line.
-- ARGV[5] lines with their languages as JSON {{line, lang, ...}, ...}  [6] most places in line, and most of those whose
-- line is down, to name of each line
-- Returns {'ok', {paused 0|1, on duty, free, waiting, oldest in s, talking, held, {chat, lang, urgent 0|1, waited in s,
-- down 0|1, counsellor it waits for or '', line that was asked about or ''}...}, ...} in the order given.
local out, most = {'ok'}, tonumber(ARGV[6])

-- The first places of a line in one set, over its languages: class, then ticket.
local function places(key, l)
  local all = {}
  for i = 2, #l do
    for _, m in ipairs(prefix(key, l[1] .. ':' .. l[i], 0, most)) do
      local rank, chat = string.match(m, ':(%d:%d+):([^:]*)$')
      all[#all + 1] = {rank, chat}
    end
  end
  table.sort(all, function(a, b) return a[1] < b[1] end)
  return all
end

for _, l in ipairs(cjson.decode(ARGV[5])) do
  local line = l[1]
  local row = {
    is_paused(line) and 1 or 0, count(DUTY, line), tonumber(call('HGET', ROOM, line) or 0), count(WAITING, line), oldest_wait(l),
    count(TALKING, line), count(DOWN, line),
  }
  for _, key in ipairs({WAITING, DOWN}) do
    for i, p in ipairs(places(key, l)) do
      local r = i <= most and chat_of(p[2])
      if r and not r.of then -- a handover is no place that could be moved
        row[#row + 1] = {
          p[2], r.g, r.u and 1 or 0, now - r.a, key == DOWN and 1 or 0, kept_for(r) and r.n or '', r.ho and r.ho.l or '',
        }
      end
    end
  end
  out[#out + 1] = row
end
return out
