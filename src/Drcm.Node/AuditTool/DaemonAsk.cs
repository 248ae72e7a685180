using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Drcm.StateMachine.Control;

namespace Drcm.Node.AuditTool;

/// <summary>Asks the running daemon to look at its own history: only it may read its log while it writes there.</summary>
internal static class DaemonAsk
{
    /// <summary>Waits as long as the daemon needs.</summary>
    /// <exception cref="IOException">It does not answer, or refuses.</exception>
    public static AuditAnswer Ask(string runDir, string command)
    {
        var path = Path.Combine(runDir, ControlProtocol.SocketName);
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(path));
            using var stream = new NetworkStream(socket);
            stream.Write([.. JsonSerializer.SerializeToUtf8Bytes(new ControlRequest(ControlProtocol.Version, command), ControlJson.Default.ControlRequest), (byte)'\n']);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            var answer = JsonSerializer.Deserialize(reader.ReadLine() ?? "{}", ControlJson.Default.ControlAnswer);
            return answer?.Audit ?? throw new IOException(answer?.Error is { } error ? $"{error}; {answer.Remedy}" : $"the daemon behind {path} gave no answer; look at its log");
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            throw new IOException($"a drcmd runs on this spool and does not answer at {path}: {e.Message}; name its --run-dir, or stop it", e);
        }
    }
}
