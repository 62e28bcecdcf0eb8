using System.Globalization;

namespace Tessera.Tokenizer.Bpe;

/// <summary>
/// Stands one UTF-16 unit in for each code point, so that .NET's regular expressions, which go by units, go by code points. The patterns of
/// <see cref="SplitPattern"/> are read over one of two stand-ins, as llama.cpp reads them:
/// <list type="bullet">
/// <item>by class, for a pattern with <c>\p{...}</c>: ASCII as it is, white space beyond it as U+000B, all else as its class' letter below;</item>
/// <item>by character, for any other: the character itself, white space beyond ASCII as U+000B, beyond U+FFFF one of two stand-ins.</item>
/// </list>
/// </summary>
internal static class CharacterClasses
{
    public const char Other = '\u00D0';
    public const char Number = '\u00D1';
    public const char Letter = '\u00D2';
    public const char Punctuation = '\u00D3';
    public const char Mark = '\u00D4';
    public const char Symbol = '\u00D5';
    public const char HanLetter = '\u00D6';
    public const char HanOther = '\u00D7';

    /// <summary>By character: one of <see cref="IsCasedBeyondBmp"/>.</summary>
    public const char CasedBeyondBmp = '\uFFFE';
    /// <summary>By character: any other character beyond U+FFFF.</summary>
    public const char OtherBeyondBmp = '\uFFFF';

    private const char WhiteSpace = '\u000B';

    // First and last code points that Unicode 16.0 added. The reference's tables are of Unicode 15.1, where they are not assigned.
    private static readonly int[] AddedByUnicode16 =
    [
        0x0897, 0x0897, 0x1B4E, 0x1B4F, 0x1B7F, 0x1B7F, 0x1C89, 0x1C8A, 0x2427, 0x2429, 0x31E4, 0x31E5, 0xA7CB, 0xA7CD, 0xA7DA, 0xA7DC,
        0x105C0, 0x105F3, 0x10D40, 0x10D65, 0x10D69, 0x10D85, 0x10D8E, 0x10D8F,
        0x10EC2, 0x10EC4, 0x10EFC, 0x10EFC, 0x11380, 0x11389, 0x1138B, 0x1138B, 0x1138E, 0x1138E, 0x11390, 0x113B5, 0x113B7, 0x113C0,
        0x113C2, 0x113C2, 0x113C5, 0x113C5, 0x113C7, 0x113CA, 0x113CC, 0x113D5, 0x113D7, 0x113D8, 0x113E1, 0x113E2, 0x116D0, 0x116E3,
        0x11BC0, 0x11BE1, 0x11BF0, 0x11BF9, 0x11F5A, 0x11F5A, 0x13460, 0x143FA, 0x16100, 0x16139, 0x16D40, 0x16D79, 0x18CFF, 0x18CFF,
        0x1CC00, 0x1CCF9, 0x1CD00, 0x1CEB3, 0x1E5D0, 0x1E5FA, 0x1E5FF, 0x1E5FF, 0x1F8B2, 0x1F8BB, 0x1F8C0, 0x1F8C1, 0x1FA89, 0x1FA89,
        0x1FA8F, 0x1FA8F, 0x1FABE, 0x1FABE, 0x1FAC6, 0x1FAC6, 0x1FADC, 0x1FADC, 0x1FADF, 0x1FADF, 0x1FAE9, 0x1FAE9, 0x1FBCB, 0x1FBEF,
    ];

    /// <summary>The stand-in by class.</summary>
    public static char ClassOf(int codePoint)
    {
        if (codePoint < 0x80)
        {
            return (char)codePoint;
        }

        if (IsWhiteSpaceBeyondAscii(codePoint))
        {
            return WhiteSpace;
        }

        UnicodeCategory category = CharUnicodeInfo.GetUnicodeCategory(codePoint);
        if (category == UnicodeCategory.OtherNotAssigned || Within(AddedByUnicode16, codePoint))
        {
            return IsHan(codePoint) ? HanOther : Other;
        }

        return category switch
        {
            <= UnicodeCategory.OtherLetter => IsHan(codePoint) ? HanLetter : Letter,
            <= UnicodeCategory.EnclosingMark => Mark,
            <= UnicodeCategory.OtherNumber => Number,
            >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation => Punctuation,
            >= UnicodeCategory.MathSymbol and <= UnicodeCategory.OtherSymbol => Symbol,
            _ => Other,
        };
    }

    /// <summary>The stand-in by character.</summary>
    public static char CharacterOf(int codePoint) =>
        codePoint >= OtherBeyondBmp - 1 ? (IsCasedBeyondBmp(codePoint) ? CasedBeyondBmp : OtherBeyondBmp)
        : codePoint >= 0x80 && IsWhiteSpaceBeyondAscii(codePoint) ? WhiteSpace
        : (char)codePoint;

    /// <summary>Whether a class stand-in is a number.</summary>
    public static bool IsNumber(char standIn) => standIn == Number || char.IsAsciiDigit(standIn);

    private static bool IsWhiteSpaceBeyondAscii(int codePoint) =>
        codePoint is 0x85 or 0xA0 or 0x1680 or (>= 0x2000 and <= 0x200A) or 0x2028 or 0x2029 or 0x202F or 0x205F or 0x3000;

    // CJK Unified Ideographs with extensions A to F, and the compatibility ideographs: what the reference takes for \p{Han}.
    private static bool IsHan(int codePoint) =>
        codePoint is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2EBEF)
            or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);

    // Deseret, Osage, Old Hungarian, Warang Citi, Adlam.
    private static bool IsCasedBeyondBmp(int codePoint) =>
        codePoint is (>= 0x10400 and <= 0x1044F) or (>= 0x104B0 and <= 0x104D3) or (>= 0x104D8 and <= 0x104FB) or (>= 0x10C80 and <= 0x10CB2)
            or (>= 0x10CC0 and <= 0x10CF2) or (>= 0x118A0 and <= 0x118DF) or (>= 0x1E900 and <= 0x1E943);

    // A range's last code point, or the place after its first and before its last, has an odd index.
    private static bool Within(int[] ranges, int codePoint)
    {
        int index = Array.BinarySearch(ranges, codePoint);
        return index >= 0 || (~index & 1) == 1;
    }
}
