using System.Collections.Frozen;
using System.Net;
using Drcm.Node.Addresses;
using Drcm.Node.Clock;
using Microsoft.Extensions.Logging;

namespace Drcm.Node.Announcements;

/// <summary>Hears whether somebody else says that he has an address which this node holds under a lease (ARP, and advertisements for IPv6), and then announces it
/// again: the neighbours believe whoever spoke last. A thread of its own, that sleeps while nothing is held.</summary>
internal sealed partial class ClaimWatch : IDisposable
{
    /// <summary>Between two announcements of one address: three in a second at most, however often it is claimed.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(330);

    /// <summary>Between two lines in the log about one stranger.</summary>
    internal static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);

    private readonly Action<IPAddress> _announce;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly AutoResetEvent _changed = new(initialState: false);
    private readonly Dictionary<IPAddress, Claim> _claims = [];
    private readonly byte[] _frame = new byte[PacketSocket.FrameBytesMax];
    private volatile FrozenSet<IPAddress> _held = [];
    private long _leaseEndTicks;
    private string _lastProblem = "";
    private volatile bool _isEnding;

    /// <param name="announce">One round, on the watch's thread.</param>
    public ClaimWatch(Action<IPAddress> announce, ILogger<ClaimWatch> logger)
    {
        (_announce, _logger) = (announce, logger);
        _thread = new Thread(Run) { IsBackground = true, Name = "claim watch" };
    }

    public void Start() => _thread.Start();

    /// <summary>Which addresses to defend from now on.</summary>
    public void Hold(IEnumerable<IPAddress> addresses)
    {
        _held = addresses.ToFrozenSet();
        _changed.Set();
    }

    /// <summary>By <see cref="MonotonicClock"/>; null or past: nothing is announced.</summary>
    public void LeaseMoved(TimeSpan? leaseEnd) => Interlocked.Exchange(ref _leaseEndTicks, leaseEnd?.Ticks ?? 0);

    /// <summary>Its thread ends within half a second.</summary>
    public void End()
    {
        _isEnding = true;
        _changed.Set();
    }

    public void Dispose()
    {
        End();
        if (_thread.IsAlive) _thread.Join();
        _changed.Dispose();
    }

    private void Run()
    {
        while (!_isEnding)
        {
            if (_held.Count == 0)
            {
                _changed.WaitOne();
                continue;
            }
            try
            {
                Watch();
            }
            catch (IOException e)
            {
                if (e.Message != _lastProblem) LogNotWatched(_lastProblem = e.Message);
                // Until something else is held: then perhaps it can.
                _changed.WaitOne();
            }
        }
    }

    private void Watch()
    {
        using var arp = PacketSocket.Hear(PacketProtocol.Arp);
        using var advertisements = PacketSocket.Hear(PacketProtocol.IpV6);
        while (!_isEnding && _held is { Count: > 0 } held)
        {
            PacketSocket.Wait(arp, advertisements, NextDue() - MonotonicClock.Now is var rest && rest > TimeSpan.Zero ? rest : TimeSpan.Zero);
            Take(arp, held);
            Take(advertisements, held);
            foreach (var (address, claim) in _claims)
            {
                if (!held.Contains(address)) _claims.Remove(address);
                else if (claim.IsOpen && MonotonicClock.Now >= claim.Due) Answer(address, claim);
            }
        }
        _claims.Clear();
    }

    private TimeSpan NextDue()
    {
        var next = MonotonicClock.Now + LookInterval;
        foreach (var claim in _claims.Values)
        {
            if (claim.IsOpen && claim.Due < next) next = claim.Due;
        }
        return next;
    }

    /// <summary>One frame, if there is one.</summary>
    private void Take(PacketSocket socket, FrozenSet<IPAddress> held)
    {
        var count = socket.Receive(_frame, TimeSpan.Zero);
        if (AnnouncementFrames.Claimed(_frame.AsSpan(0, count), out var mac) is not { } address || !held.Contains(address)) return;
        if (!_claims.TryGetValue(address, out var claim)) _claims[address] = claim = new Claim();
        claim.Count++;
        if (claim.IsOpen || NeighbourProbe.IsOwn(mac)) return;
        (claim.IsOpen, claim.Mac) = (true, mac.ToArray());
    }

    private void Answer(IPAddress address, Claim claim)
    {
        claim.IsOpen = false;
        var now = MonotonicClock.Now;
        claim.Due = now + Interval;
        if (now.Ticks >= Interlocked.Read(ref _leaseEndTicks)) return;
        _announce(address);
        if (now < claim.NextLine && claim.Mac.AsSpan().SequenceEqual(claim.LoggedMac)) return;
        LogClaimed(address, NeighbourProbe.Text(claim.Mac), claim.Count);
        (claim.NextLine, claim.LoggedMac, claim.Count) = (now + LogInterval, claim.Mac, 0);
    }

    [LoggerMessage(2320, LogLevel.Warning, "{Address} is claimed by {Mac} too ({Count} frames since this was last said): announced again, because it is held here under a lease")]
    private partial void LogClaimed(IPAddress address, string mac, int count);

    [LoggerMessage(2321, LogLevel.Warning, "nobody hears here whether a stranger claims a floating address: {Problem}")]
    private partial void LogNotWatched(string problem);
}
