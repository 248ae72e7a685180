using System.Net;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Drcm.TestHosts;

namespace Drcm.Chaos.Observation;

/// <summary>Asks a host's kernel, through libnftables, whether the gate lets an address through. By the names of sets alone, not by the product's code.</summary>
internal sealed partial class GateReader : IDisposable
{
    private const string Library = "libnftables.so.1";

    private readonly nint _context;

    public GateReader(TestHost host)
    {
        _context = host.Within(() => New(0));
        if (_context == 0) throw new InvalidOperationException("libnftables gives no context");
        _ = BufferOutput(_context);
        _ = BufferErrors(_context);
    }

    /// <summary>No gate, or none for this address: it passes.</summary>
    public bool Passes(IPAddress address)
    {
        _ = Run(_context, "list ruleset");
        _ = Errors(_context);
        var text = Marshal.PtrToStringUTF8(Output(_context)) ?? "";
        var isGated = false;
        foreach (Match set in Set().Matches(text))
        {
            var has = Element().Matches(set.Groups["elements"].Value).Any(e => e.Value == address.ToString());
            if (set.Groups["name"].Value == "gated4") isGated |= has;
            else if (has) return true;
        }
        return !isGated;
    }

    public void Dispose() => Free(_context);

    /// <summary>Far above what nft's output takes; a pattern that it does not fit must not hold the observer up.</summary>
    private const int PatienceMilliseconds = 1000;

    [GeneratedRegex(@"set (?<name>gated4|open4) \{[^{}]*?(elements = \{(?<elements>[^}]*)\}\s*)?\}", RegexOptions.ExplicitCapture, PatienceMilliseconds)]
    private static partial Regex Set();

    [GeneratedRegex(@"\d+\.\d+\.\d+\.\d+", RegexOptions.ExplicitCapture, PatienceMilliseconds)]
    private static partial Regex Element();

    [LibraryImport(Library, EntryPoint = "nft_ctx_new")]
    private static partial nint New(uint flags);

    [LibraryImport(Library, EntryPoint = "nft_ctx_free")]
    private static partial void Free(nint context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_buffer_output")]
    private static partial int BufferOutput(nint context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_buffer_error")]
    private static partial int BufferErrors(nint context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_get_output_buffer")]
    private static partial nint Output(nint context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_get_error_buffer")]
    private static partial nint Errors(nint context);

    [LibraryImport(Library, EntryPoint = "nft_run_cmd_from_buffer", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Run(nint context, string commands);
}
