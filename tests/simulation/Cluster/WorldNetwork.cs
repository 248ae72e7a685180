using Drcm.StateMachine;
using Drcm.StateMachine.KeepAlive;

namespace Drcm.Simulation.Cluster;

/// <summary>Datagrams between the hosts: cut in each direction by itself, lost, doubled, late, out of order.</summary>
internal sealed class WorldNetwork(World world)
{
    private readonly Dictionary<(NodeId From, NodeId To), TimeSpan> _cuts = [];
    private readonly PriorityQueue<(NodeId To, Message Message), (TimeSpan At, long Order)> _wire = new();
    private long _order;

    /// <summary>In percent.</summary>
    public int Loss { get; set; }

    /// <summary>Of every datagram, in milliseconds, beside the few of a calm network.</summary>
    public int DelayMax { get; set; }

    public void Send(NodeId from, NodeId to, Message message)
    {
        if (IsCut(from, to) || world.Percent() < Loss) return;
        var copies = world.Percent() < 3 ? 2 : 1;
        for (var i = 0; i < copies; i++)
        {
            var delay = world.Percent() < 95 ? world.Random.Below(3) : world.Random.Below(60);
            if (DelayMax > 0) delay += world.Random.Below(DelayMax);
            _wire.Enqueue((to, message), (world.Now + TimeSpan.FromMilliseconds(1 + delay), _order++));
        }
    }

    public bool IsCut(NodeId from, NodeId to) => _cuts.Count > 0 && _cuts.TryGetValue((from, to), out var until) && world.Now < until;

    public void Cut(NodeId from, NodeId to, TimeSpan duration) => _cuts[(from, to)] = world.Now + duration;

    public void Heal()
    {
        _cuts.Clear();
        Loss = 0;
        DelayMax = 0;
    }

    public void Deliver()
    {
        while (_wire.TryPeek(out _, out var due) && due.At <= world.Now)
        {
            var (to, message) = _wire.Dequeue();
            world.Hosts[to].Receive(message);
        }
    }
}
