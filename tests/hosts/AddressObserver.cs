using System.Collections.Concurrent;
using System.Net;

namespace Drcm.TestHosts;

/// <summary>A change of who holds an address.</summary>
/// <param name="At">Time of the network, of the first sample that saw it.</param>
/// <param name="Address">Which address.</param>
/// <param name="Holders">Names of the hosts that had it then, in their order.</param>
public sealed record HolderChange(TimeSpan At, IPAddress Address, IReadOnlyList<string> Holders);

/// <summary>Looks from outside, every few milliseconds, on which hosts addresses are. One sample looks at all hosts in well below
/// a millisecond, so that two holders in one sample are two at once.</summary>
public sealed class AddressObserver : IDisposable
{
    /// <summary>Between two samples, when the machine is not busy; see <see cref="LongestGap"/>.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    private readonly TestNetwork _network;
    private readonly IPAddress[] _addresses;
    private readonly AddressReader[] _readers;
    private readonly ConcurrentQueue<HolderChange> _changes = new();
    private readonly Thread _thread;
    private volatile bool _isStopping;

    public AddressObserver(TestNetwork network, params IPAddress[] addresses)
    {
        _network = network;
        _addresses = addresses;
        _readers = [.. network.Hosts.Select(h => new AddressReader(h))];
        _thread = new Thread(Watch) { IsBackground = true, Name = "address observer" };
        _thread.Start();
    }

    public long Samples { get; private set; }

    /// <summary>Samples in which some address was on more than one host.</summary>
    public long DoubleSamples { get; private set; }

    /// <summary>Longest time from a first sample with two holders to the first without.</summary>
    public TimeSpan LongestOverlap { get; private set; }

    /// <summary>Longest time between two samples: what this observer could have missed.</summary>
    public TimeSpan LongestGap { get; private set; }

    /// <summary>All changes up to now, the first sample's state first.</summary>
    public IReadOnlyList<HolderChange> Changes => [.. _changes];

    /// <summary>Newest holders of an address.</summary>
    public IReadOnlyList<string> Holders(IPAddress address) =>
        _changes.LastOrDefault(c => c.Address.Equals(address))?.Holders ?? [];

    /// <summary>Until the address is held by exactly these hosts; the change that brought it about.</summary>
    public async Task<HolderChange> WaitForAsync(IPAddress address, CancellationToken cancellationToken, params string[] holders)
    {
        while (true)
        {
            if (_changes.LastOrDefault(c => c.Address.Equals(address)) is { } last && last.Holders.SequenceEqual(holders)) return last;
            await Task.Delay(1, cancellationToken);
        }
    }

    /// <summary>Ends the observation; what it found stays readable.</summary>
    public void Dispose()
    {
        _isStopping = true;
        _thread.Join();
        foreach (var reader in _readers) reader.Dispose();
    }

    private void Watch()
    {
        var known = new string?[_addresses.Length];
        var doubleSince = new TimeSpan?[_addresses.Length];
        var last = _network.Now;
        while (!_isStopping)
        {
            var now = _network.Now;
            if (now - last > LongestGap) LongestGap = now - last;
            last = now;
            var seen = _readers.Select(r => r.Look(_addresses)).ToArray();
            Samples++;
            for (var a = 0; a < _addresses.Length; a++)
            {
                string[] holders = [.. _network.Hosts.Where((_, h) => seen[h][a]).Select(h => h.Name)];
                Count(holders.Length > 1, now, ref doubleSince[a]);
                var key = string.Join(' ', holders);
                if (known[a] == key) continue;
                known[a] = key;
                _changes.Enqueue(new HolderChange(now, _addresses[a], holders));
            }
            Thread.Sleep(Interval);
        }
    }

    private void Count(bool isDouble, TimeSpan now, ref TimeSpan? since)
    {
        if (isDouble)
        {
            DoubleSamples++;
            since ??= now;
        }
        if (since is { } start && now - start > LongestOverlap) LongestOverlap = now - start;
        if (!isDouble) since = null;
    }
}
