using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Reconciliation;

namespace Drcm.Node.Storage;

/// <summary>What runs on this node, in the run directory: lets a restarted daemon adopt it. Belongs to one boot; needs no fsync, because a
/// power cut ends what it tells of.</summary>
internal sealed class RunTableFile(string runDir, string bootId)
{
    /// <summary>In the run directory.</summary>
    public const string Name = "running";

    private readonly string _path = Path.Combine(runDir, Name);
    private readonly ConditionalWeakTable<ResourceDefinition, string> _texts = new();

    /// <summary>The run directory tells of this boot.</summary>
    public bool IsSameBoot => File.Exists(_path) && File.ReadLines(_path).FirstOrDefault() == $"boot {bootId}";

    /// <exception cref="StartupException">Damaged.</exception>
    public RunTable Read()
    {
        if (!IsSameBoot) return RunTable.Empty;
        var lines = File.ReadAllLines(_path);
        return new RunTable([.. lines.Skip(1).Select(Entry)]);
    }

    public void Write(RunTable table)
    {
        var text = new StringBuilder($"boot {bootId}\n");
        foreach (var entry in table.Entries)
        {
            text.Append(CultureInfo.InvariantCulture, $"{entry.Token} {(entry.IsSettled ? "settled" : "moving")} {entry.Slot}");
            if (entry.Definition is { } definition) text.Append(' ').Append(_texts.GetValue(definition, TextOf));
            text.Append('\n');
        }
        File.WriteAllText(_path + ".new", text.ToString());
        File.Move(_path + ".new", _path, overwrite: true);
    }

    /// <summary>Token, phase, slot and, where known, the definition as cm.cfg text in base64.</summary>
    private RunEntry Entry(string line)
    {
        var words = line.Split(' ');
        if (words.Length is not (3 or 4)
            || !long.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var token)
            || !SlotId.TryParse(words[2], out var slot))
            throw Damaged(line);
        var definition = words.Length == 4 ? Definition(words[3]) ?? throw Damaged(line) : null;
        return new RunEntry(slot, new LogIndex(token), words[1] == "settled", definition);
    }

    private static string TextOf(ResourceDefinition definition) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(CanonicalText.RenderResource(definition)));

    private static ResourceDefinition? Definition(string word)
    {
        var bytes = new byte[word.Length];
        return Convert.TryFromBase64String(word, bytes, out var length)
            ? CanonicalText.ReadResource(Encoding.UTF8.GetString(bytes, 0, length))
            : null;
    }

    private StartupException Damaged(string line) =>
        new($"{_path}: cannot read '{line}'", "stop what runs here by hand, remove the file, and start again");
}
