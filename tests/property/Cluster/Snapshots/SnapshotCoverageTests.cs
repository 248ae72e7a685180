using System.Collections.Immutable;
using System.Reflection;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;
using Xunit;

namespace Drcm.Property.Tests.Cluster.Snapshots;

/// <summary>Whatever is added to the state takes part in its encoding and comes back (O13): each property is changed, and the bytes must change with it.</summary>
public sealed class SnapshotCoverageTests
{
    /// <summary>Follow from other properties.</summary>
    private static readonly string[] Derived = [nameof(ClusterState.Definition), nameof(ClusterState.Holders)];

    public static TheoryData<Type, string> Properties()
    {
        var data = new TheoryData<Type, string>();
        foreach (var type in new[] { typeof(ClusterState), typeof(NodeState), typeof(SlotState) })
        {
            foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            {
                if (property.CanWrite && !Derived.Contains(property.Name)) data.Add(type, property.Name);
            }
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Properties))]
    public void EveryProperty_Changed_ChangesTheBytesAndComesBack(Type type, string name)
    {
        var property = type.GetProperty(name)!;
        var sample = Part(StateSamples.State, type);
        var changed = Clone(sample);
        property.SetValue(changed, Other(property.GetValue(sample), property.PropertyType, name));

        var state = With(changed);
        var restored = StateSnapshot.Decode(StateSnapshot.Encode(state));

        Assert.NotEqual(StateDigest.Of(StateSamples.State), StateDigest.Of(state));
        Assert.Equal(StateDigest.Of(state), StateDigest.Of(restored));
        // Compared as text: records see their collections by reference.
        Assert.Equal(Text(property.GetValue(changed)), Text(property.GetValue(Part(restored, type))));
    }

    private static object Part(ClusterState state, Type type) =>
        type == typeof(ClusterState) ? state
        : type == typeof(NodeState) ? state.Nodes.Values.First()
        : state.Slots.Values.First();

    private static ClusterState With(object part) => part switch
    {
        ClusterState state => state,
        NodeState node => StateSamples.State with { Nodes = StateSamples.State.Nodes.SetItem(StateSamples.Node.Id, node) },
        _ => StateSamples.State with { Slots = StateSamples.State.Slots.SetItem(StateSamples.Slot.Id, (SlotState)part) },
    };

    private static object Clone(object record) =>
        record.GetType().GetMethod("<Clone>$", BindingFlags.Public | BindingFlags.Instance)!.Invoke(record, null)!;

    private static object Other(object? value, Type type, string name) => value switch
    {
        _ when name == nameof(ClusterState.DefinitionText) => $"{value}# a remark\n",
        bool b => !b,
        int n => n + 1,
        TimeSpan time => time + TimeSpan.FromTicks(1),
        string s => $"{s}x",
        LogIndex index => new LogIndex(index.Value + 1),
        Incarnation incarnation => new Incarnation(incarnation.Value + 1),
        NodeId => new NodeId("n0"),
        SlotId slot => slot with { Home = new NodeId("n0") },
        Enum e => Enum.ToObject(e.GetType(), (Convert.ToInt32(e, null) + 1) % Enum.GetValues(e.GetType()).Length),
        DateTimeOffset at => at.AddTicks(1),
        ImmutableSortedDictionary<NodeId, int> counts => counts.Add(new NodeId("n0"), 1),
        ImmutableSortedDictionary<NodeId, NodeState> nodes => nodes.Remove(new NodeId("n2")),
        ImmutableSortedDictionary<SlotId, SlotState> slots => slots.Remove(slots.Keys.Last()),
        ImmutableSortedDictionary<SlotId, CrontabRecord> => StateSamples.Crontabs,
        ImmutableSortedSet<NodeId> set => set.Add(new NodeId("n0")),
        FormerTiming former => former with { Lease = former.Lease + TimeSpan.FromTicks(1) },
        null when type == typeof(string) => "x",
        null when type == typeof(KeyRotation) => new KeyRotation("5f70bf18", KeyStep.SendNew, new LogIndex(7)),
        null when type == typeof(PairState) => StateSamples.Pair,
        null when type == typeof(NodeId?) => new NodeId("n0"),
        _ => throw new NotSupportedException($"teach this test to change a {type.Name}: {name}"),
    };

    private static string Text(object? value) => value switch
    {
        null => "",
        string s => s,
        System.Collections.IEnumerable many => string.Join('\n', many.Cast<object>()),
        _ => value.ToString()!,
    };
}
