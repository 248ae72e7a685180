using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Drcm.TestHosts;

/// <summary>One answer from the asked address.</summary>
/// <param name="SentAt">Time of the network when the request left.</param>
/// <param name="ReceivedAt">Time of the network when the answer was here.</param>
/// <param name="Host">Who answered.</param>
public sealed record Answer(TimeSpan SentAt, TimeSpan ReceivedAt, string Host);

/// <summary>A client that asks one address all the time and waits for no answer before it asks again.</summary>
public sealed class AddressAsker : IDisposable
{
    /// <summary>Between two requests.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    private readonly TestNetwork _network;
    private readonly IPEndPoint _target;
    private readonly Socket _socket;
    private readonly Thread _sender;
    private readonly Thread _receiver;
    private readonly ConcurrentQueue<Answer> _answers = new();
    private volatile bool _isStopping;

    internal AddressAsker(TestNetwork network, TestClient client, IPAddress address)
    {
        _network = network;
        _target = new IPEndPoint(address, Responder.Port);
        _socket = client.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        _sender = new Thread(Send) { IsBackground = true, Name = "asker" };
        _receiver = new Thread(Receive) { IsBackground = true, Name = "asker's ear" };
        _sender.Start();
        _receiver.Start();
    }

    /// <summary>In the order received, up to now.</summary>
    public IReadOnlyList<Answer> Answers => [.. _answers];

    /// <summary>First answer by a host that fulfils <paramref name="who"/> to a request sent after <paramref name="since"/>.</summary>
    public async Task<Answer> FirstAsync(Func<string, bool> who, TimeSpan since, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_answers.FirstOrDefault(a => a.SentAt >= since && who(a.Host)) is { } answer) return answer;
            await Task.Delay(1, cancellationToken);
        }
    }

    /// <summary>Longest time between two answers, counted from <paramref name="since"/> to the newest one.</summary>
    public TimeSpan LongestSilence(TimeSpan since)
    {
        var longest = TimeSpan.Zero;
        var last = since;
        foreach (var answer in _answers.Where(a => a.ReceivedAt >= since))
        {
            if (answer.ReceivedAt - last > longest) longest = answer.ReceivedAt - last;
            last = answer.ReceivedAt;
        }
        return longest;
    }

    public void Dispose()
    {
        _isStopping = true;
        _sender.Join();
        _socket.Dispose();
        _receiver.Join();
    }

    private void Send()
    {
        while (!_isStopping)
        {
            try
            {
                _socket.SendTo(BitConverter.GetBytes(_network.Now.Ticks), _target);
            }
            catch (SocketException)
            {
                // Nobody has the address, or the port is closed there: what is asked about.
            }
            Thread.Sleep(Interval);
        }
    }

    private void Receive()
    {
        var buffer = new byte[64];
        while (!_isStopping)
        {
            try
            {
                var count = _socket.Receive(buffer);
                if (count <= Responder.RequestBytes) continue;
                var host = Encoding.ASCII.GetString(buffer, Responder.RequestBytes, count - Responder.RequestBytes);
                _answers.Enqueue(new Answer(TimeSpan.FromTicks(BitConverter.ToInt64(buffer)), _network.Now, host));
            }
            catch (SocketException)
            {
                // An ICMP error for an earlier request, or disposed.
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }
}
