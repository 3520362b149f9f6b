-- A young person joins a line: a ticket, and an offer at once when a counsellor is free.
-- ARGV[5] chat  [6] line  [7] lang  [8] urgent 0|1  [9] topic  [10] key  [11] node/sock  [12] target in s
-- [13] waiting allowed per counsellor  [14] joins per s  [15] size of the bucket  [16] a return code came along 0|1
-- [17] the counsellor whom it leads to or ''  [18] how long to wait for her in s  [19...] languages of the line
-- Returns {'ok', ahead, -1 where it rings, how many chats the counsellors can take now}, or {'slow'}, {'closed'} (a lead paused the line), {'nobody'}, {'full'} with nothing changed but
-- the bucket's refill.
local chat, line, langs = ARGV[5], ARGV[6], {unpack(ARGV, 19)}
local again = chat_of(chat)
if again then return {'ok', ahead(chat, again, langs), 0} end
local tokens = left_in('n', 'at', tonumber(ARGV[14]), tonumber(ARGV[15]))
if tokens < 1 then return {'slow'} end
if is_paused(line) then return {'closed'} end
local duty = count(DUTY, line)
if duty == 0 then return {'nobody'} end
local room = tonumber(call('HGET', ROOM, line) or 0)
if count(WAITING, line) - room >= duty * tonumber(ARGV[13]) then return {'full'} end

call('HSET', BUCKET, 'n', tokens - 1, 'at', now)
local r = {
  l = line, g = ARGV[7], t = call('INCR', TICKETS), c = ARGV[8] == '1' and 1 or 2, u = ARGV[8] == '1', p = ARGV[9],
  k = ARGV[10], y = ARGV[11], w = tonumber(ARGV[12]), a = now, e = -1, v = 0, lf = life(),
  h = ARGV[16] == '1' or nil,
}
if ARGV[17] ~= '' then prefer(chat, r, ARGV[17], tonumber(ARGV[18])) end
call('ZADD', AT, 0, string.match(r.y, '^[^/]*') .. ':' .. chat)
queue(chat, r)
serve_chat(chat, r)
local n = ahead(chat, r, langs)
if n >= math.max(room, 0) and not r.n then -- who has to wait, and not for one counsellor, tells later how fast the line moved
  r.ah = n - math.max(room, 0)
  keep(chat, r)
end
return {'ok', n, room}
