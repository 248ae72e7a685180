using System.Globalization;
using System.Text;
using Drcm.StateMachine;
using Drcm.StateMachine.KeepAlive;

namespace Drcm.Node.Storage;

/// <summary>A voter's promises on disk (OWNERSHIP O6), one line for each node: <c>name expired-round|- epoch-floor</c>, closed by a line
/// <c>end COUNT</c> so that a cut file is noticed. Replaced whole and flushed.</summary>
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
        foreach (var line in lines[1..^1])
        {
            var words = line.Split(' ');
            if (words.Length != 3 || !TryIndex(words[2], out var floor)) throw Damaged($"cannot read '{line}'");
            LogIndex? round = null;
            if (words[1] != "-")
            {
                if (!TryIndex(words[1], out var value)) throw Damaged($"cannot read '{line}'");
                round = value;
            }
            promises[new NodeId(words[0])] = new Promise(round, floor);
        }
        return new PromiseTable(promises.ToImmutable());
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
        text.Append(CultureInfo.InvariantCulture, $"end {table.Promises.Count}\n");
        DurableFile.Replace(FilePath, Encoding.UTF8.GetBytes(text.ToString()));
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
        + "stop the whole cluster, or wipe this node's spool when nodes can re-join from their peers");
}
