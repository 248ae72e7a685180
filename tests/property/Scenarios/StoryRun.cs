using System.Text;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Decisions;
using Drcm.Property.Tests.Decisions;
using Xunit;

namespace Drcm.Property.Tests.Scenarios;

/// <summary>Plays a story and writes down what happened: events with reasons, refusals, and the slots and nodes that changed.</summary>
internal sealed class StoryRun
{
    private readonly StringBuilder _out = new();
    private ClusterState _shown = ClusterState.Empty;
    private int _logShown;
    private int _stepsShown;

    public ModelCluster Cluster { get; } = new();

    /// <summary>Events are left out of this block: it sets the stage.</summary>
    public bool IsQuiet { get; set; }

    public string Play(Story story)
    {
        var outputs = new List<string>();
        foreach (var input in story.Inputs)
        {
            IsQuiet = false;
            foreach (var line in input) Verbs.Run(this, line);
            outputs.Add(Block());
        }
        return story.Render(outputs);
    }

    public void Tell(Decision decision)
    {
        WriteEvents();
        WriteLogSteps();
        foreach (var refusal in decision.Refusals) Write($"refused: {refusal}");
    }

    public void Write(string line) => _out.Append(line).Append('\n');

    public void WriteEvents()
    {
        for (; _logShown < Cluster.Log.Count; _logShown++)
        {
            var (_, _, applied) = Cluster.Log[_logShown];
            Assert.Empty(StateInvariants.Check(applied.State));
            if (IsQuiet) continue;
            foreach (var entry in applied.Events)
            {
                Write($"event {EventText.Of(entry.Event.Event)}  ({entry.Event.Reason})");
                if (!entry.IsEffective) Write($"  no effect: {entry.WhyNot}");
            }
        }
    }

    public void WriteLogSteps()
    {
        for (; _stepsShown < Cluster.LogSteps.Count; _stepsShown++)
        {
            var step = Cluster.LogSteps[_stepsShown];
            if (!IsQuiet) Write($"log {step.Kind.ToString().ToLowerInvariant()} {step.Node}  ({step.Reason})");
        }
    }

    public NodeId Node(string name)
    {
        var id = new NodeId(name);
        Assert.True(Cluster.State.Nodes.ContainsKey(id) || Cluster.Hosts.ContainsKey(id), $"no node {name}");
        return id;
    }

    public SlotId Slot(string text)
    {
        Assert.True(SlotId.TryParse(text, out var slot), $"no slot {text}");
        return slot;
    }

    public static string Definition(string name)
    {
        var own = Path.Combine(Story.Folder(), "configs", $"{name}.cfg");
        var path = File.Exists(own) ? own : Path.Combine(Story.Folder(), "..", "config", $"{name}.cfg");
        var definition = CmConfigReader.Read(File.ReadAllText(path)).Definition;
        Assert.NotNull(definition);
        return CanonicalText.Render(definition);
    }

    private string Block()
    {
        WriteEvents();
        WriteLogSteps();
        if (!_shown.Voters.IsEmpty && !_shown.Voters.SetEquals(Cluster.State.Voters)) Write($"voters {string.Join(' ', Cluster.State.Voters)}");
        foreach (var node in Cluster.State.Nodes.Values)
        {
            var line = StateText.Of(node);
            if (!_shown.Nodes.TryGetValue(node.Id, out var before) || StateText.Of(before) != line) Write(line);
        }
        foreach (var slot in Cluster.State.Slots.Values)
        {
            var line = StateText.Of(slot);
            if (!_shown.Slots.TryGetValue(slot.Id, out var before) || StateText.Of(before) != line) Write(line);
        }
        foreach (var gone in _shown.Slots.Keys.Where(s => !Cluster.State.Slots.ContainsKey(s))) Write($"slot {gone} is gone");
        foreach (var gone in _shown.Nodes.Keys.Where(n => !Cluster.State.Nodes.ContainsKey(n))) Write($"node {gone} is gone");
        _shown = Cluster.State;
        if (_out.Length == 0) Write("nothing");
        var block = _out.ToString();
        _out.Clear();
        return block;
    }
}
