using System.Collections.Concurrent;
using System.Net;

namespace Drcm.Simulation.Log;

/// <summary>A network in memory: every direction between two members has a delay of its own and may be cut. A cut holds bytes back, as TCP would, until it
/// is mended or the connection is given up.</summary>
internal sealed class SimNetwork
{
    private readonly ConcurrentDictionary<(string From, string To), Link> _links = new();
    private readonly ConcurrentDictionary<string, SimTransport> _listening = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<SimConnection, (string A, string B)> _connections = new();

    public SimNetwork(int seed, IEnumerable<string> names)
    {
        Random random = new(seed);
        Members = names.Select((n, i) => (n, i)).ToDictionary(m => m.n, m => new IPEndPoint(IPAddress.Loopback, 1000 + m.i), StringComparer.Ordinal);
        foreach (var from in Members.Keys)
        {
            foreach (var to in Members.Keys)
            {
                _links[(from, to)] = new Link(random.Next(3), new Random(random.Next()));
            }
        }
    }

    public IReadOnlyDictionary<string, IPEndPoint> Members { get; }

    public Link Between(string from, string to) => _links[(from, to)];

    public string NameOf(EndPoint endPoint) => Members.First(m => m.Value.Equals(endPoint)).Key;

    public void Listen(string name, SimTransport transport) => _listening[name] = transport;

    public void Leave(string name)
    {
        _listening.TryRemove(name, out _);
        Reset(p => p.A == name || p.B == name);
    }

    public SimTransport? At(string name) => _listening.GetValueOrDefault(name);

    public void Add(SimConnection connection, string a, string b) => _connections[connection] = (a, b);

    public void Forget(SimConnection connection) => _connections.TryRemove(connection, out _);

    /// <summary>Connections break; new ones can be made.</summary>
    public void Reset(Func<(string A, string B), bool> which)
    {
        foreach (var (connection, pair) in _connections)
        {
            if (which(pair))
            {
                connection.Abort();
            }
        }
    }

    public void Heal()
    {
        foreach (var link in _links.Values)
        {
            link.IsCut = false;
        }
    }

    /// <summary>One direction between two members.</summary>
    internal sealed class Link(int delayMs, Random random)
    {
        private readonly Lock _sync = new();
        private TaskCompletionSource _mended = Mended();

        public bool IsCut
        {
            get
            {
                lock (_sync)
                {
                    return !_mended.Task.IsCompleted;
                }
            }

            set
            {
                lock (_sync)
                {
                    if (!value)
                    {
                        _mended.TrySetResult();
                    }
                    else if (_mended.Task.IsCompleted)
                    {
                        _mended = new(TaskCreationOptions.RunContinuationsAsynchronously);
                    }
                }
            }
        }

        /// <summary>Completes when bytes sent now have arrived.</summary>
        public async Task PassAsync(CancellationToken cancellationToken)
        {
            int delay;
            Task mended;
            lock (_sync)
            {
                delay = random.Next(8) == 0 ? delayMs * 3 : random.Next(delayMs + 1);
                mended = _mended.Task;
            }

            if (delay > 0)
            {
                await Task.Delay(delay, cancellationToken);
            }

            await mended.WaitAsync(cancellationToken);
        }

        private static TaskCompletionSource Mended()
        {
            var mended = new TaskCompletionSource();
            mended.SetResult();
            return mended;
        }
    }
}
