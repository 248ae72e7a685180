using System.Collections.Immutable;
using System.Net;
using System.Text;
using Drcm.Node.Clock;
using Microsoft.Extensions.Logging;

namespace Drcm.Node.Gate;

/// <summary>What the gate shall be.</summary>
/// <param name="Gated">Floating addresses that this node may own: they pass only while open.</param>
/// <param name="Open">Those that this node holds or takes.</param>
/// <param name="Until">By <see cref="MonotonicClock"/>; null: nothing passes.</param>
internal sealed record GateOrder(ImmutableArray<IPAddress> Gated, ImmutableArray<IPAddress> Open, TimeSpan? Until);

/// <summary>The kernel gate (O18): a floating address passes only while its element in a set of nftables has not timed out, and each renewal of the lease moves that moment.
/// Nothing has to run for it to close. A thread of its own carries out the newest order: other users of nftables may hold the kernel's lock for a while, and a late
/// renewal only closes the gate early.</summary>
internal sealed partial class KernelGate : IDisposable
{
    private readonly Lock _lock = new();
    private readonly AutoResetEvent _changed = new(initialState: false);
    private readonly string _table;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly StringBuilder _text = new();
    private byte[] _bytes = new byte[4096];
    private GateOrder? _order;
    private bool _isEnding;
    private ImmutableArray<IPAddress> _gated;
    private volatile string? _lastProblem;

    /// <param name="table">Name of its tables, see <see cref="GateText.TableName"/>.</param>
    public KernelGate(string table, ILogger<KernelGate> logger)
    {
        _table = table;
        _logger = logger;
        _thread = new Thread(Run) { IsBackground = true, Name = "kernel gate", Priority = ThreadPriority.Highest };
    }

    /// <summary>Raised after each order that was carried out, on the gate's thread; false: it could not be.</summary>
    internal Action<bool>? Done { get; set; }

    /// <summary>Why it is not in force; empty: it is; null: nothing was to be gated yet. On any thread.</summary>
    public string? Problem => _lastProblem;

    public void Start() => _thread.Start();

    /// <summary>Replaces an order that has not been carried out yet.</summary>
    public void Order(GateOrder order)
    {
        lock (_lock) _order = order;
        _changed.Set();
    }

    /// <summary>Takes the tables away: this daemon holds nothing and leaves in order. Without it they stay, and close by themselves.</summary>
    public void Remove() => Order(new GateOrder([], [], null));

    public void Dispose()
    {
        _isEnding = true;
        _changed.Set();
        if (_thread.IsAlive) _thread.Join();
        _changed.Dispose();
    }

    private void Run()
    {
        using var nft = Nftables.TryOpen(out var whyNot);
        if (nft is null) LogNoGate(_lastProblem = whyNot);
        while (true)
        {
            GateOrder? order;
            lock (_lock) (order, _order) = (_order, null);
            if (order is not null)
            {
                var isDone = nft is not null && CarryOut(nft, order);
                Done?.Invoke(isDone);
            }
            else if (_isEnding) return;
            else _changed.WaitOne();
        }
    }

    private bool CarryOut(Nftables nft, GateOrder order)
    {
        if (order.Gated.IsEmpty && (_gated.IsDefaultOrEmpty || order.Until is null)) return RemoveTables(nft);
        // Whoever empties the kernel's whole rule set takes the tables along: then they are made again.
        var problem = !_gated.IsDefault && order.Gated.SequenceEqual(_gated) ? Open(nft, order, isNew: false) : "new";
        if (problem.Length > 0) problem = Open(nft, order, isNew: true);
        _gated = problem.Length == 0 ? order.Gated : default;
        Tell(problem);
        // This thread may have stood still between looking at the clock and the kernel: what it opened too late closes at once.
        if (problem.Length == 0 && order.Until is { } until && MonotonicClock.Now >= until) _ = Open(nft, order with { Until = null }, isNew: false);
        return problem.Length == 0;
    }

    private string Open(Nftables nft, GateOrder order, bool isNew)
    {
        _text.Clear();
        if (isNew) GateText.AppendTables(_text, _table, order.Gated);
        GateText.AppendOpening(_text, _table, order.Open, order.Until is { } until ? until - MonotonicClock.Now : TimeSpan.Zero);
        return Submit(nft);
    }

    private bool RemoveTables(Nftables nft)
    {
        if (_gated.IsDefault) return true;
        _gated = default;
        _text.Clear();
        GateText.AppendRemoval(_text, _table);
        var problem = Submit(nft);
        if (problem.Length > 0) Tell(problem);
        return problem.Length == 0;
    }

    private string Submit(Nftables nft)
    {
        _text.Append('\0');
        if (_bytes.Length < _text.Length) _bytes = new byte[2 * _text.Length];
        var count = 0;
        foreach (var chunk in _text.GetChunks()) count += Encoding.ASCII.GetBytes(chunk.Span, _bytes.AsSpan(count));
        return nft.Run(_bytes.AsSpan(0, count));
    }

    private void Tell(string problem)
    {
        if (problem == _lastProblem) return;
        _lastProblem = problem;
        if (problem.Length > 0) LogNoGate(problem);
        else LogGate(_table);
    }

    [LoggerMessage(2300, LogLevel.Warning, "floating addresses are not gated in the kernel: {WhyNot}; that drcmd and its guard freeze together is not covered")]
    private partial void LogNoGate(string whyNot);

    [LoggerMessage(2301, LogLevel.Information, "floating addresses are gated in the kernel, by the tables {Table} of nftables")]
    private partial void LogGate(string table);
}
