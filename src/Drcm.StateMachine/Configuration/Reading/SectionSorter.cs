using System.Collections.Immutable;

namespace Drcm.StateMachine.Configuration.Reading;

/// <summary>Hands the lines of each section to whoever reads them; says which sections are strange or missing.</summary>
internal sealed class SectionSorter(DiagnosticBag bag)
{
    private const string ServerName = "CM_SERVER";
    private const string NodeName = "CM_NODE";
    private const string OptionsName = "CM_OPTIONS";

    private readonly List<KeyValues> _nodes = [];
    private readonly List<CmLine> _options = [];
    private KeyValues? _server;

    public ResourceRows Resources { get; } = new(bag);

    /// <summary>Read after all resource rows, wherever they stand.</summary>
    public IReadOnlyList<CmLine> Options => _options;

    public IReadOnlyList<KeyValues> Nodes => _nodes;

    public KeyValues Server => _server ??= new KeyValues(KeyTable.Server, default, bag);

    public void Take(CmSection section)
    {
        switch (section.Name.Text)
        {
            case ServerName:
                TakeServer(section);
                break;
            case NodeName:
                _nodes.Add(Fill(new KeyValues(KeyTable.Node, Label(section), bag), section.Lines));
                break;
            case OptionsName:
                _options.AddRange(section.Lines);
                break;
            case "CM_ALERTS" or "CM_REPLICATION":
                bag.Warn(section.Name.At, $"[{section.Name.Text}] is accepted, not yet acted on", "rely on nothing it asks for");
                break;
            default:
                TakeRows(section);
                break;
        }
    }

    public void RequireAll()
    {
        if (_server is null) bag.Fatal(default, $"there is no [{ServerName}]", "drcm config template prints a file to start from");
        if (_nodes.Count == 0) bag.Fatal(default, $"there is no [{NodeName}]", "drcm config template prints a file to start from");
    }

    private void TakeServer(CmSection section)
    {
        if (_server is not null)
            bag.Warn(section.Name.At, $"[{ServerName}] is given twice", "join the two; of each key the last one counts");
        _server ??= new KeyValues(KeyTable.Server, Label(section), bag);
        Fill(_server, section.Lines);
    }

    private void TakeRows(CmSection section)
    {
        if (KindLayout.All.FirstOrDefault(k => k.Section == section.Name.Text) is { } kind)
        {
            foreach (var line in section.Lines) Resources.Add(kind, line);
            return;
        }
        string[] known = [ServerName, NodeName, OptionsName, .. KindLayout.All.Select(k => k.Section)];
        var near = known.FirstOrDefault(k => k.Equals(section.Name.Text, StringComparison.OrdinalIgnoreCase));
        bag.Error(section.Name.At, $"unknown section {KeyValues.Shown(section.Name.Text)}, which is ignored",
            near is null ? $"the sections are {string.Join(", ", known)}" : $"write [{near}]");
    }

    private static KeyValues Fill(KeyValues values, ImmutableArray<CmLine> lines)
    {
        foreach (var line in lines) values.AddLine(line);
        return values;
    }

    private static CmToken Label(CmSection section) => section.Name with { Text = $"[{section.Name.Text}]" };
}
