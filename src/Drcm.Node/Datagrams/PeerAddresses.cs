using System.Net;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;

namespace Drcm.Node.Datagrams;

/// <summary>Where the other nodes are: as the node's own cm.cfg says until the log can be read, then as the configuration in force says. A node that leaves keeps
/// its addresses until the log has no trace of it.</summary>
/// <param name="changed">Gets all of them, own ones left out.</param>
internal sealed class PeerAddresses
{
    private readonly NodeId _self;
    private readonly Action<IReadOnlyDictionary<NodeId, NodeAddresses>> _changed;
    private Dictionary<NodeId, NodeAddresses> _known;

    public PeerAddresses(NodeId self, ClusterDefinition own, Action<IReadOnlyDictionary<NodeId, NodeAddresses>> changed)
    {
        (_self, _changed, _known) = (self, changed, Of(own, self));
        changed(_known);
    }

    /// <summary>On the loop's thread.</summary>
    public void Follow(ClusterState state)
    {
        var next = Of(state.Definition!, _self);
        foreach (var (node, addresses) in _known)
        {
            if (state.Nodes.ContainsKey(node)) next.TryAdd(node, addresses);
        }
        _known = next;
        _changed(next);
    }

    private static Dictionary<NodeId, NodeAddresses> Of(ClusterDefinition definition, NodeId self) =>
        definition.Nodes.Where(n => n.Id != self).ToDictionary(n => n.Id, n => NodeAddresses.Of(n, definition));
}

/// <param name="KeepAlive">UDP, every address of the node.</param>
/// <param name="Log">The log's TCP port.</param>
internal sealed record NodeAddresses(IPEndPoint[] KeepAlive, IPEndPoint Log)
{
    public static NodeAddresses Of(NodeDefinition node, ClusterDefinition definition) => new(
        [.. node.KeepAliveAddresses.Select(a => new IPEndPoint(IPAddress.Parse(a), definition.UdpPort))],
        new IPEndPoint(IPAddress.Parse(node.KeepAliveAddresses[0]), definition.TcpPort));
}
