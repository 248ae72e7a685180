using System.Globalization;
using Drcm.StateMachine.Control;
using Microsoft.AspNetCore.Http;

namespace Drcm.Node.Http;

/// <summary>Which events a client of <c>/api/v1/events</c> wants.</summary>
/// <param name="After">Entries above this index.</param>
/// <param name="SeenOrdinal">Of the entry after <paramref name="After"/>, events up to this place were seen before; -1: none.</param>
/// <param name="Last">Of those that are committed already, only the newest so many; null: all.</param>
/// <param name="Follow">False: the answer ends at the newest event.</param>
internal sealed record EventQuestion(long After, int SeenOrdinal, int? Last, bool Follow, EventFilter Filter)
{
    public static EventQuestion? Of(HttpRequest request, out string whyNot)
    {
        whyNot = "";
        var filter = new EventFilter(null, Word(request, "node"), Word(request, "resource"), Type: Word(request, "type"));
        var follow = request.Query["follow"] != "0";
        // A browser that comes back says so in the head; a page that begins where its status ended, in the address.
        var seen = request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } head ? head : request.Query["after"].ToString();
        if (seen.Length > 0)
        {
            if (TryPlace(seen, out var index, out var ordinal)) return new EventQuestion(ordinal < 0 ? index : index - 1, ordinal, null, follow, filter);
            whyNot = "Last-Event-ID or 'after' is no INDEX or INDEX:ORDINAL";
            return null;
        }
        var text = request.Query["last"].ToString();
        if (text.Length == 0) return new EventQuestion(0, -1, 0, follow, filter);
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var last) && last <= ControlProtocol.LastEventsMax)
            return new EventQuestion(0, -1, last, follow, filter);
        whyNot = $"'last' must be from 0 to {ControlProtocol.LastEventsMax}";
        return null;
    }

    public bool HasSeen(EventLine line) => line.Index == After + 1 && line.Ordinal <= SeenOrdinal;

    private static string? Word(HttpRequest request, string name) => request.Query[name].ToString() is { Length: > 0 } word ? word : null;

    private static bool TryPlace(string text, out long index, out int ordinal)
    {
        ordinal = -1;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var isIndex = long.TryParse(colon < 0 ? text : text[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out index);
        return isIndex && (colon < 0 || (index > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ordinal)));
    }
}
