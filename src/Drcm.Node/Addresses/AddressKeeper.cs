using System.Net;
using Drcm.Node.Clock;
using Microsoft.Extensions.Logging;

namespace Drcm.Node.Addresses;

/// <summary>A thread that refreshes the lifetimes of what this node holds, and hears from the kernel when an address is taken away (rtnetlink(7), RTMGRP_IPV4_IFADDR
/// and RTMGRP_IPV6_IFADDR).</summary>
internal sealed partial class AddressKeeper : IDisposable
{
    /// <summary>Lifetimes are whole seconds; the reserve in them is as long as this.</summary>
    internal static readonly TimeSpan RefreshInterval = TimeSpan.FromMilliseconds(500);

    private const uint Groups = 0x10 | 0x100;

    private readonly AddressHolder _holder;
    private readonly Action<InterfaceAddress> _removed;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly Lock _reading = new();
    private readonly Dictionary<uint, string> _names = [];
    private NetlinkSocket? _watch;
    private volatile IPAddress[] _refreshed = [];
    private volatile bool _isEnding;

    /// <param name="removed">Called for each address that left an interface and was not taken away by <paramref name="holder"/>; one that the kernel had no room to
    /// tell of is not among them. On the keeper's thread, or that of <see cref="CatchUp"/>.</param>
    public AddressKeeper(AddressHolder holder, Action<InterfaceAddress> removed, ILogger<AddressKeeper> logger)
    {
        (_holder, _removed, _logger) = (holder, removed, logger);
        _thread = new Thread(Run) { IsBackground = true, Name = "address keeper", Priority = ThreadPriority.AboveNormal };
    }

    public void Start() => _thread.Start();

    /// <summary>Whose lifetimes to refresh from now on.</summary>
    public void Refresh(IPAddress[] addresses) => _refreshed = addresses;

    /// <summary>Tells of everything that the kernel has told up to now. It tells of a removal before anybody can see that the address is gone.</summary>
    public void CatchUp()
    {
        try
        {
            lock (_reading)
            {
                while (_watch?.Wait(TimeSpan.Zero) == true) Read(_watch);
            }
        }
        catch (IOException e)
        {
            Lost(e);
        }
    }

    /// <summary>Returns within <see cref="RefreshInterval"/>.</summary>
    public void Dispose()
    {
        _isEnding = true;
        if (_thread.IsAlive) _thread.Join();
    }

    private void Run()
    {
        var due = MonotonicClock.Now;
        while (!_isEnding)
        {
            try
            {
                var watch = _watch ??= OpenWatch();
                var rest = due - MonotonicClock.Now;
                if (rest > TimeSpan.Zero)
                {
                    if (watch.Wait(rest)) CatchUp();
                    continue;
                }
                due = MonotonicClock.Now + RefreshInterval;
                if (_refreshed is { Length: > 0 } addresses) _holder.Refresh(addresses);
            }
            catch (IOException e)
            {
                Lost(e);
                due = MonotonicClock.Now + RefreshInterval;
                Thread.Sleep(RefreshInterval);
            }
        }
        lock (_reading)
        {
            _watch?.Dispose();
            _watch = null;
        }
    }

    private NetlinkSocket OpenWatch()
    {
        _holder.ForgetOwn();
        return NetlinkSocket.Open(Groups);
    }

    private void Lost(IOException e)
    {
        _holder.ForgetOwn();
        LogLost(e.Message);
    }

    private void Read(NetlinkSocket watch)
    {
        // An interface may have been renamed meanwhile.
        _names.Clear();
        var rest = watch.Receive();
        while (NetlinkSocket.Next(ref rest, out var message))
        {
            if (message.Type != NetlinkAddresses.DeletedAddress || NetlinkAddresses.Read(message.Body, _names) is not { } gone) continue;
            if (!_holder.WasOwn(gone)) _removed(gone);
        }
    }

    [LoggerMessage(2310, LogLevel.Warning, "the kernel's news of addresses were lost: {Reason}; the next monitor looks")]
    private partial void LogLost(string reason);
}
