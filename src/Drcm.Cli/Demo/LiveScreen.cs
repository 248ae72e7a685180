using System.Diagnostics;
using System.Globalization;
using Drcm.Cli.Output;
using Drcm.Cli.Status;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Control;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Drcm.Cli.Demo;

/// <summary>A table of resources and nodes that is redrawn, with the story so far below it.</summary>
internal sealed class LiveScreen : IDemoScreen
{
    /// <summary>Lines of the story that are kept: more than any terminal shows.</summary>
    private const int StoryMax = 100;

    /// <summary>Around the table: its two lines of head, a blank one, the cursor's line.</summary>
    private const int RowsBesideStory = 4;

    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly List<Text> _story = [];
    private readonly Lock _gate = new();
    private LiveDisplayContext? _live;
    private TableModel _table = new(["RESOURCE"], []);

    public static async Task<T> RunAsync<T>(Func<IDemoScreen, Task<T>> story)
    {
        var console = Terminal.Draw();
        var screen = new LiveScreen();
        return await console.Live(new Text("")).Overflow(VerticalOverflow.Crop).StartAsync(async live =>
        {
            screen._live = live;
            return await story(screen);
        });
    }

    public void Say(string sentence, Tone tone = Tone.Plain)
    {
        var seconds = Stopwatch.GetElapsedTime(_started).TotalSeconds;
        lock (_gate)
        {
            if (_story.Count == StoryMax) _story.RemoveAt(0);
            _story.Add(new Text(string.Create(CultureInfo.InvariantCulture, $"{seconds,5:0.0} s  {sentence}"), TerminalTable.StyleOf(tone)));
            Draw();
        }
    }

    public void Show(ClusterStatus status, IReadOnlyList<(string Node, bool IsOn)> hosts)
    {
        lock (_gate)
        {
            _table = TableOf(status, hosts);
            Draw();
        }
    }

    private void Draw()
    {
        var room = Math.Max(3, Console.WindowHeight - _table.Rows.Count - RowsBesideStory);
        var rows = new List<IRenderable> { TerminalTable.Render(_table), Text.Empty };
        rows.AddRange(Newest(room));
        _live?.UpdateTarget(new Rows(rows));
        _live?.Refresh();
    }

    /// <summary>As many of the newest sentences as fit, each with the lines that it takes when wrapped.</summary>
    private IEnumerable<Text> Newest(int room)
    {
        var width = Math.Max(20, Console.WindowWidth);
        var from = _story.Count;
        while (from > 0)
        {
            room -= (_story[from - 1].Length + width - 1) / width;
            if (room < 0) break;
            from--;
        }
        return _story.Skip(from);
    }

    private static TableModel TableOf(ClusterStatus status, IReadOnlyList<(string Node, bool IsOn)> hosts)
    {
        var lines = status.Nodes.ToDictionary(node => node.Name, StringComparer.Ordinal);
        List<Cell> nodes = [new Cell("host", Tone.Faint), .. hosts.Select(host => HostCell(lines.GetValueOrDefault(host.Node), host.IsOn, status))];
        List<IReadOnlyList<Cell>> rows = [nodes];
        foreach (var slot in status.Slots)
        {
            rows.Add([slot.Slot, .. hosts.Select(host => host.Node == slot.Owner ? StatusTables.SlotWord(slot) : Empty(slot, host.Node))]);
        }
        return new TableModel(["", .. hosts.Select(host => host.Node.ToUpperInvariant())], rows);
    }

    private static Cell HostCell(NodeLine? node, bool isOn, ClusterStatus status)
    {
        if (!isOn) return new Cell(node?.Status == NodeStatus.Down ? "killed, down" : "killed", Tone.Bad);
        if (node is null) return new Cell("starting", Tone.Warn);
        var cell = StatusTables.NodeWord(node);
        if (node.IsWitness) cell = cell with { Text = cell.Text + ", witness" };
        return node.Name == status.Cluster.Leader ? cell with { Text = cell.Text + ", leader" } : cell;
    }

    private static Cell Empty(SlotLine slot, string node) => node == slot.Home
        ? new Cell(slot.Owner is null ? "(nobody runs it)" : "(home)", Tone.Faint)
        : new Cell("");
}
