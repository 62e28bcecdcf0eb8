using System.Text;

namespace Tessera.Fuzz.Corpus;

/// <summary>Traces as they are written here and by llama-eval-callback.</summary>
internal static class TraceTexts
{
    public static IReadOnlyList<byte[]> All { get; } =
    [
        Encoding.UTF8.GetBytes("""
            {"model":"m.gguf","numerics":"fast","positions":"all","tokens":[1,2],"nodes":[
            {"name":"inp_embd","shape":[4,2],"sum":1.5,"l2":2,"nan":0,"inf":0,"first":[1.25,-2,0.5,1,1,1,1,1]},
            {"name":"Qcur-0","shape":[2,2],"sum":1.5,"l2":"NaN","nan":1,"inf":1,"first":[1.25,"NaN","-Infinity",0]},
            {"name":"result_output","shape":[3,1],"sum":6,"l2":4,"nan":0,"inf":0,"first":[1,2,3]}]}
            """),
        Encoding.UTF8.GetBytes(
            """{"prompt":"x","tokens":[1],"nodes":[{"name":"inp_embd","sum":1.5,"l2":2,"first":[1]},{"name":"result_norm","sum":1.5,"l2":2,"first":[1]}]}"""),
        Encoding.UTF8.GetBytes("""
            0.00.034.596 I number of input tokens = 2
            0.00.034.607 I   1
            0.00.034.607 I   2

            common_debug_cb_eval:                 inp_embd = (f32)   GET_ROWS(token_embd.weight{8, 4096, 1, 1}, inp_tokens{2, 1, 1, 1}}) = {8, 2, 1, 1}
                [
                    [
                        [     -0.0377,       0.0222,      -0.0077,    ...,       0.0100,       0.0200,       0.0300  ],
                        [     -0.0313,      -0.0188,       0.0261,    ...,       0.0400,          nan,         -inf  ],
                    ],
                ]
                sum = nan
            common_debug_cb_eval:                   Qcur-0 = (f32)       ROPE(Qcur-0{2, 7, 2, 1}, leaf_5{2, 1, 1, 1}}) = {2, 7, 1, 1}
                [
                    [
                        [      0.0000,       0.0100  ],
                        [      0.0200,       0.0300  ],
                        [      0.0400,       0.0500  ],
                        ...,
                        [      0.0800,       0.0900  ],
                        [      0.1000,       0.1100  ],
                        [      0.1200,       0.1300  ],
                    ],
                ]
                sum = 15.820000
            common_debug_cb_eval:            result_output = (f32)    MUL_MAT(output.weight{8, 3, 1, 1}, result_norm{8, 1, 1, 1}}) = {3, 1, 1, 1}
                [
                    [
                        [      3.0000,       0.0000,       4.0000  ],
                    ],
                ]
                sum = 7.000000

            llama_perf_context_print:        load time =      12.34 ms

            """),
    ];
}
