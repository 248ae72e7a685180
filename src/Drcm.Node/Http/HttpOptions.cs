using System.Net;
using Drcm.Node.Startup;

namespace Drcm.Node.Http;

/// <param name="EndPoint">Null: no HTTP (<c>http_port = 0</c>).</param>
/// <param name="OtlpEndpoint">Collector that figures are pushed to as well; empty: none.</param>
internal sealed record HttpOptions(IPEndPoint? EndPoint, string OtlpEndpoint)
{
    /// <summary>A few scrapers, monitoring checks and open pages; more are closed at once.</summary>
    public int ConnectionsMax { get; init; } = 128;

    /// <summary>Each holds a connection for as long as somebody looks; more are told to come back.</summary>
    public int EventStreamsMax { get; init; } = 32;

    /// <summary>For the request's head: a client writes it at once.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>For one piece of an answer to be taken: a client that stopped reading is dropped, not waited for.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between two signs of life on a stream without events: a client that left is noticed, and a page knows that the daemon lives.</summary>
    public TimeSpan StreamBeat { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>By the node's own cm.cfg: <c>http_port</c>, <c>http_bind</c>.</summary>
    public static HttpOptions Of(NodeIdentity identity)
    {
        var local = identity.Local;
        var address = local.HttpBind.Length > 0 ? local.HttpBind : identity.Self.KeepAliveAddresses[0];
        return new HttpOptions(local.HttpPort == 0 ? null : new IPEndPoint(IPAddress.Parse(address), local.HttpPort), local.OtlpEndpoint);
    }
}
