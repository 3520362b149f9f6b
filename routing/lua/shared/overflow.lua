-- Asks those who wait long whether they want to go to a sister line that can take them at once: per line the oldest first,
-- and never more than the sister line has free counsellors for. Nobody is moved here (consent.lua), and a place keeps its
-- ticket. It looks at the heads of the lines and at those who were asked, never at a line as a whole.
-- ARGV[5] lines as JSON {{line, waited in s from which it asks, {language, ...}, {sister line that takes somebody in, ...}},
-- ...}  [6] languages per line as JSON  [7] how long an answer is waited for in s  [8] how long nothing is asked of who did
-- not answer in s  [9...] fresh ids
-- Returns {'ok', how many were asked, changed...}; call again while it is as many as there were ids.
local open, langs, fresh, most = {}, cjson.decode(ARGV[6]), {unpack(ARGV, 9)}, #ARGV - 8

-- Who was asked, and may still answer. A question that was not answered for long is asked no more.
local all = call('ZRANGE', ASKED, 0, -1, 'WITHSCORES')
for i = 1, #all, 2 do
  local to, lang, chat, offer = string.match(all[i], '^([^:]*):([^:]*):([^:]*):(.*)$')
  local r = chat_of(chat)
  local stands = r and r.ho and r.ho.i == offer
  if stands and tonumber(all[i + 1]) <= now then
    unpropose(r, 'nobody')
    r.na = now + tonumber(ARGV[8]) + 1 -- which is no answer: later they may be asked again
    project(chat, r)
    stands = false
  end
  if stands then
    open[to .. ':' .. lang] = (open[to .. ':' .. lang] or 0) + 1
  else
    call('ZREM', ASKED, all[i])
  end
end

-- May this place be asked about that line?
local function may(r, to)
  return r.y ~= '' and not (r.of or r.n or r.ho or let_be(r) or r.no and r.no[to])
end

-- How many counsellors of a line are free who do not answer the other one, at most so many: who answers both was passed
-- over for those who wait there, or is about to be rung.
local function free_at(to, lang, line, enough)
  local n = 0
  for _, m in ipairs(prefix(FREE, to .. ':' .. lang, 0, -1)) do
    local c = counsellor_of(string.match(m, ':([^:]*)$'))
    if c and not on_line(c, line) then n = n + 1 end
    if n == enough then break end
  end
  return n
end

-- Asks at most so many of a line and language, in the order of the line.
local function ask(line, lang, to, wait, n)
  for class = 0, 2 do
    local offset, found = 0
    repeat
      found = prefix(WAITING, line .. ':' .. lang .. ':' .. class, offset, 16)
      for _, m in ipairs(found) do
        local chat = string.match(m, ':([^:]*)$')
        local r = chat_of(chat)
        local long = r and now - r.a >= wait
        if n <= 0 or #fresh == 0 or not long and class > 0 then -- who stands behind waits less long
          found = {}
          break
        end
        if long and may(r, to) then
          ask_over(chat, r, table.remove(fresh), to, tonumber(ARGV[7]))
          n = n - 1
        end
      end
      offset = offset + 16
    until #found < 16
  end
end

for _, l in ipairs(cjson.decode(ARGV[5])) do
  for _, lang in ipairs(l[3]) do
    for _, to in ipairs(l[4]) do
      local speaks = false
      for _, g in ipairs(langs[to] or {}) do speaks = speaks or g == lang end
      if speaks and not is_paused(to) then
        local p = to .. ':' .. lang
        local before, asked = #fresh, open[p] or 0
        local left = free_at(to, lang, l[1], asked + before) - asked
        if left > 0 then ask(l[1], lang, to, l[2], left) end
        open[p] = asked + before - #fresh
      end
    end
  end
end
return {'ok', most - #fresh, unpack(changed)}
