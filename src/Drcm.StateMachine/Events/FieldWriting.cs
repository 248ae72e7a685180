using System.Collections.Immutable;
using System.Text;
using MessagePack;

namespace Drcm.StateMachine.Events;

/// <summary>How the small types inside events are stored.</summary>
internal static class FieldWriting
{
    public static void Text(ref MessagePackWriter writer, string text, int bytesMax)
    {
        if (Encoding.UTF8.GetByteCount(text) > bytesMax)
            throw new ArgumentException($"a text of {text.Length} characters; the bound is {bytesMax} bytes", nameof(text));
        writer.Write(text);
    }

    public static void Node(ref MessagePackWriter writer, NodeId node) => Text(ref writer, node.Value, EventLimits.NameBytesMax);

    public static void Slot(ref MessagePackWriter writer, SlotId slot)
    {
        writer.WriteArrayHeader(3);
        writer.Write(slot.Resource.Kind.Word());
        Text(ref writer, slot.Resource.Nickname, EventLimits.NameBytesMax);
        Node(ref writer, slot.Home);
    }

    public static void Nodes(ref MessagePackWriter writer, ImmutableArray<NodeId> nodes)
    {
        var count = nodes.IsDefault ? 0 : nodes.Length;
        if (count > Limits.NodesMax) throw new ArgumentException($"{count} nodes; the bound is {Limits.NodesMax}", nameof(nodes));
        writer.WriteArrayHeader(count);
        for (var i = 0; i < count; i++) Node(ref writer, nodes[i]);
    }
}
