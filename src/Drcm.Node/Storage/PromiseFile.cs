using System.Globalization;
using System.Text;
using Drcm.StateMachine;
using Drcm.StateMachine.KeepAlive;

namespace Drcm.Node.Storage;

/// <summary>A voter's promises on disk (OWNERSHIP O6), one line for each node: <c>name expired-round|- epoch-floor</c>; then what this node told to go
/// by (O11): <c>* voters INDEX NAME…</c> and <c>* timing INDEX LEASE SILENCE</c> (ticks); closed by a line <c>end COUNT</c> so that a cut file is
/// noticed. Replaced whole and flushed.</summary>
internal sealed class PromiseFile(string spoolDir)
{
    private const string Header = "drcm promises 1";

    public string FilePath { get; } = System.IO.Path.Combine(spoolDir, "promises");

    public bool Exists => File.Exists(FilePath);

    /// <exception cref="StartupException">Damaged.</exception>
    public PromiseTable Read()
    {
        var lines = File.ReadAllLines(FilePath);
        if (lines.Length < 2 || lines[0] != Header || lines[^1] != $"end {lines.Length - 2}") throw Damaged("it is cut short or not ours");
        var promises = PromiseTable.Empty.Promises.ToBuilder();
        var table = PromiseTable.Empty;
        foreach (var line in lines[1..^1])
        {
            var words = line.Split(' ');
            if (words[0] == "*")
            {
                table = ReadRegime(table, words) ?? throw Damaged($"cannot read '{line}'");
                continue;
            }
            if (words.Length != 3 || !TryIndex(words[2], out var floor)) throw Damaged($"cannot read '{line}'");
            LogIndex? round = null;
            if (words[1] != "-")
            {
                if (!TryIndex(words[1], out var value)) throw Damaged($"cannot read '{line}'");
                round = value;
            }
            promises[new NodeId(words[0])] = new Promise(round, floor);
        }
        return table with { Promises = promises.ToImmutable() };
    }

    /// <exception cref="IOException">Not stored.</exception>
    public void Write(PromiseTable table)
    {
        var text = new StringBuilder(Header).Append('\n');
        foreach (var (node, promise) in table.Promises)
        {
            var round = promise.ExpiredInRound is { } r ? r.ToString() : "-";
            text.Append(CultureInfo.InvariantCulture, $"{node} {round} {promise.EpochFloor}\n");
        }
        var lines = table.Promises.Count;
        if (table.VotersAt > LogIndex.None)
        {
            text.Append(CultureInfo.InvariantCulture, $"* voters {table.VotersAt} {string.Join(' ', table.Voters)}\n");
            lines++;
        }
        if (table.TimingAt > LogIndex.None)
        {
            text.Append(CultureInfo.InvariantCulture, $"* timing {table.TimingAt} {table.Lease.Ticks} {table.DeadAfter.Ticks}\n");
            lines++;
        }
        text.Append(CultureInfo.InvariantCulture, $"end {lines}\n");
        DurableFile.Replace(FilePath, Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static PromiseTable? ReadRegime(PromiseTable table, string[] words)
    {
        if (words.Length < 4 || !TryIndex(words[2], out var index) || index == LogIndex.None) return null;
        if (words[1] == "voters") return table with { Voters = [.. words[3..].Select(w => new NodeId(w))], VotersAt = index };
        return words[1] == "timing" && words.Length == 5 && TryIndex(words[3], out var lease) && TryIndex(words[4], out var silence)
            ? table with { Lease = new TimeSpan(lease.Value), DeadAfter = new TimeSpan(silence.Value), TimingAt = index }
            : null;
    }

    private static bool TryIndex(string text, out LogIndex index)
    {
        var ok = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value);
        index = new LogIndex(value);
        return ok;
    }

    private StartupException Damaged(string what) => new(
        $"{FilePath}: {what}",
        "this node's promises to the cluster are lost: do not remove the file alone, it could let two nodes own one resource; "
        + "empty this node's spool directory as a whole, and it joins anew from the other nodes");
}
