using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Drcm.StateMachine;
using Drcm.StateMachine.Reconciliation;

namespace Drcm.Node.Storage;

/// <summary>What runs on this node, in the run directory: lets a restarted daemon adopt it. Belongs to one boot; needs no fsync, because a
/// power cut ends what it tells of.</summary>
internal sealed class RunTableFile(string runDir, string bootId)
{
    private readonly string _path = Path.Combine(runDir, "running");

    /// <summary>The run directory tells of this boot.</summary>
    public bool IsSameBoot => File.Exists(_path) && File.ReadLines(_path).FirstOrDefault() == $"boot {bootId}";

    /// <exception cref="StartupException">Damaged.</exception>
    public RunTable Read()
    {
        if (!IsSameBoot) return RunTable.Empty;
        var lines = File.ReadAllLines(_path);
        var entries = ImmutableArray.CreateBuilder<RunEntry>();
        foreach (var line in lines.Skip(1))
        {
            var words = line.Split(' ');
            if (words.Length != 3
                || !long.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var token)
                || !SlotId.TryParse(words[2], out var slot))
                throw new StartupException(
                    $"{_path}: cannot read '{line}'", "stop what runs here by hand, remove the file, and start again");
            entries.Add(new RunEntry(slot, new LogIndex(token), words[1] == "settled"));
        }
        return new RunTable(entries.ToImmutable());
    }

    public void Write(RunTable table)
    {
        var text = new StringBuilder($"boot {bootId}\n");
        foreach (var entry in table.Entries)
            text.Append(CultureInfo.InvariantCulture, $"{entry.Token} {(entry.IsSettled ? "settled" : "moving")} {entry.Slot}\n");
        File.WriteAllText(_path + ".new", text.ToString());
        File.Move(_path + ".new", _path, overwrite: true);
    }
}
