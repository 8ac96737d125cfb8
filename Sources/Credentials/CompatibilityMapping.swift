/// Compatibility decompositions of the characters that stringprep allows: of each the NFKC form, where the
/// compatibility mapping has a part in it (Unicode Character Database, field Decomposition_Mapping with a tag; 3,218
/// characters of Unicode 3.2, whose mappings are frozen by the normalization stability policy). Canonical decomposition
/// and composition are the standard library's.
///
/// Base 36: how far the character lies behind the one before; then one less than the count of scalars in its form, and
/// these; or `z`, how many characters more follow that map to the following scalars in turn, and the first of these.
enum CompatibilityMapping {
    /// 100 µs at first use.
    private static let forms: [UInt32: [UInt32]] = {
        var numbers = CompactNumbers(table)
        var forms: [UInt32: [UInt32]] = [:]
        forms.reserveCapacity(3_300)
        var character: UInt32 = 0
        while let gap = numbers.next(), let count = numbers.next() {
            character += gap
            if count < 35 {
                forms[character] = (0...count).compactMap { _ in numbers.next() }
            } else if let more = numbers.next(), let first = numbers.next() {
                for step in 0...more { forms[character + step] = [first + step] }
                character += more
            }
        }
        return forms
    }()

    /// Nil for a character without one.
    static func form(of scalar: Unicode.Scalar) -> [UInt32]? { forms[scalar.value] }

    private static let table: StaticString = """
        4o 1 w lk 2 0 2p 5 1 w lg 3 z 1 1e 1 1 w ld 1 0 qk 3 1 w mf 1 0 1d 1 0 33 2 2 1d 6dg 1g 1 2 1d 6dg 1e 1 2 1f \
        6dg 1g 38 1 21 22 1 1 2x 2y c 1 24 53 1 1 30 53 9 1 jg 32 1i 0 37 1x 1 1w al 1 1 1w am 1 1 2s am 1 1 24 22 1 \
        1 24 2y 1 1 30 2y 1 1 26 22 1 1 26 2y 1 1 32 2y 11 1 1w 2i 1 1 1w 3e 1 1 2s 3e 59 0 2w 1 0 h2 1 0 2y 1 0 36 \
        1 0 hl 1 0 hn 1 0 ht 1 0 3b 1 0 3d w 1 w li 1 1 w lj 1 1 w lm 1 1 w mg 1 1 w lf 1 1 w ln 3 0 gz 1 0 30 1 0 \
        37 1 0 3c 1 0 id 46 1 w n9 a 1 w ld 1 2 w lk ld 23 0 qa 1 0 qg 1 0 px 1 0 pa 1 0 q3 1 0 qu 1 0 qo q 0 qi 1 z \
        1 qp 2 0 pk 1 0 qd b6 1 12d 136 6m 1 17r 19w 1 1 18o 19w 1 1 1c7 19w 1 1 18q 19w 1iz 1 2tp 2sy 3k 1 2x9 2wi \
        15 1 2wb 2vt 1 1 2wb 2w1 1b 0 2yz 2z 2 33m 31t 328 2 2 33n 31t 328 2zl 1 2p ji 1 0 601 82 1 w lv 2 1 w lv 1 \
        1 w n6 1 2 w lk n6 c 2 w lv lc 1 2 w lv ld 1 2 w lv n6 e 2 w lw lc 1 2 w lw ld 1 2 w lw n6 e 2 w lk lc 1 2 w \
        lk ld f 1 w ld 1 1 w lw j 0 6c0 6 1 w mr d 0 1a 1 1 1a 1a 1 2 1a 1a 1a d 1 6cy 6cy 1 2 6cy 6cy 6cy 2 1 6d1 \
        6d1 1 2 6d1 6d1 6d1 5 1 x x 2 1 w lh 9 1 1r 1r 1 1 1r x 1 1 x 1r e 3 6cy 6cy 6cy 6cy p 0 1c 1 0 2x 3 z 5 1g \
        1 0 17 1 0 6qa 1 0 1p 1 z 1 14 1 0 32 1 z 9 1c 1 0 17 1 0 6qa 1 0 1p 1 z 1 14 q 1 2a 37 2g 2 2p 1b 2r 1 2 2p \
        1b 37 1 0 1v 1 1 4w 1v 2 2 2r 1b 33 1 2 2r 1b 39 1 0 b4 2 1 4w 1y 1 0 2v 1 0 20 1 0 20 1 0 20 1 0 2w 1 0 87 \
        1 0 21 1 0 21 1 0 24 1 0 30 2 0 26 1 1 26 33 3 z 2 28 1 0 2a 1 0 2a 3 1 2b 25 1 2 2c 1x 24 1 1 2c 25 2 0 2i \
        4 0 2i 4 z 1 1u 2 0 2t 1 z 1 1x 2 0 25 1 0 33 1 z 3 15c 1 0 2x 4 0 qb 1 0 pf 1 0 ps 1 0 6q9 5 0 1w 1 z 1 2s \
        1 z 1 2x a 2 1d 6dg 1f 1 2 1e 6dg 1f 1 2 1d 6dg 1h 1 2 1e 6dg 1h 1 2 1f 6dg 1h 1 2 1g 6dg 1h 1 2 1d 6dg 1i 1 \
        2 1h 6dg 1i 1 2 1d 6dg 1k 1 2 1f 6dg 1k 1 2 1h 6dg 1k 1 2 1j 6dg 1k 1 1 1d 6dg 1 0 21 1 1 21 21 1 2 21 21 21 \
        1 1 21 2e 1 0 2e 1 1 2e 21 1 2 2e 21 21 1 3 2e 21 21 21 1 1 21 2g 1 0 2g 1 1 2g 21 1 2 2g 21 21 1 0 24 1 z 1 \
        1v 1 0 25 1 0 2x 1 1 2x 2x 1 2 2x 2x 2x 1 1 2x 3a 1 0 3a 1 1 3a 2x 1 2 3a 2x 2x 1 3 3a 2x 2x 2x 1 1 2x 3c 1 \
        0 3c 1 1 3c 2x 1 2 3c 2x 2x 1 0 30 1 z 1 2r 1 0 31 4t 1 6qz 6qz 1 2 6qz 6qz 6qz 2 1 6r2 6r2 1 2 6r2 6r2 6r2 \
        fk z 8 1d 1 1 1d 1c 1 1 1d 1d 1 1 1d 1e 1 1 1d 1f 1 1 1d 1g 1 1 1d 1h 1 1 1d 1i 1 1 1d 1j 1 1 1d 1k 1 1 1d \
        1l 1 1 1e 1c 1 2 14 1d 15 1 2 14 1e 15 1 2 14 1f 15 1 2 14 1g 15 1 2 14 1h 15 1 2 14 1i 15 1 2 14 1j 15 1 2 \
        14 1k 15 1 2 14 1l 15 1 3 14 1d 1c 15 1 3 14 1d 1d 15 1 3 14 1d 1e 15 1 3 14 1d 1f 15 1 3 14 1d 1g 15 1 3 14 \
        1d 1h 15 1 3 14 1d 1i 15 1 3 14 1d 1j 15 1 3 14 1d 1k 15 1 3 14 1d 1l 15 1 3 14 1e 1c 15 1 1 1d 1a 1 1 1e 1a \
        1 1 1f 1a 1 1 1g 1a 1 1 1h 1a 1 1 1i 1a 1 1 1j 1a 1 1 1k 1a 1 1 1l 1a 1 2 1d 1c 1a 1 2 1d 1d 1a 1 2 1d 1e 1a \
        1 2 1d 1f 1a 1 2 1d 1g 1a 1 2 1d 1h 1a 1 2 1d 1i 1a 1 2 1d 1j 1a 1 2 1d 1k 1a 1 2 1d 1l 1a 1 2 1e 1c 1a 1 2 \
        14 2p 15 1 2 14 2q 15 1 2 14 2r 15 1 2 14 2s 15 1 2 14 2t 15 1 2 14 2u 15 1 2 14 2v 15 1 2 14 2w 15 1 2 14 \
        2x 15 1 2 14 2y 15 1 2 14 2z 15 1 2 14 30 15 1 2 14 31 15 1 2 14 32 15 1 2 14 33 15 1 2 14 34 15 1 2 14 35 \
        15 1 2 14 36 15 1 2 14 37 15 1 2 14 38 15 1 2 14 39 15 1 2 14 3a 15 1 2 14 3b 15 1 2 14 3c 15 1 2 14 3d 15 1 \
        2 14 3e 15 1 z p 1t 1 z p 2p 1 0 1c 10i 3 6qz 6qz 6qz 6qz 2w 2 1m 1m 1p 1 1 1p 1p 1 2 1p 1p 1p tl 0 lal 2c 0 \
        vj3 d 0 feo 1 0 ffs 1 0 fg6 1 0 fgf 1 0 fh5 1 0 fid 1 0 fik 1 0 fj4 1 0 fju 1 0 g1r 1 0 g2t 1 0 g2z 1 0 g3m \
        1 0 g46 1 0 g4r 1 0 g68 1 0 g6t 1 0 g74 1 0 gbf 1 0 ge1 1 0 get 1 0 gey 1 0 gfs 1 0 gg1 1 0 ggs 1 0 gh5 1 0 \
        ghu 1 0 gja 1 0 gjs 1 0 gkj 1 0 h5j 1 0 h7j 1 0 hkb 1 0 hky 1 0 hl6 1 0 hlh 1 0 hlz 1 0 ho3 1 0 i1c 1 0 i2o \
        1 0 i60 1 0 i6n 1 0 i76 1 0 i7s 1 0 i9a 1 0 i9d 1 0 ijf 1 0 ijp 1 0 ik1 1 0 ike 1 0 inm 1 0 inu 1 0 inz 1 0 \
        ir8 1 0 iri 1 0 irv 1 0 is3 1 0 its 1 0 iu9 1 0 iur 1 0 iwz 1 0 jd4 1 0 jee 1 0 jez 1 0 jzj 1 0 jzo 1 0 k1z \
        1 0 k2f 1 0 k2s 1 0 k3d 1 0 k4g 1 0 k4l 1 0 kc0 1 0 kco 1 0 kdk 1 0 l5s 1 0 l7m 1 0 l89 1 0 l9v 1 0 laj 1 0 \
        las 1 0 laz 1 0 lcf 1 0 lck 1 0 ldg 1 0 m7f 1 0 mju 1 0 mk6 1 0 mkb 1 0 mkf 1 0 mkn 1 0 ml5 1 0 ml7 1 0 mng \
        1 0 mtg 1 0 mtl 1 0 n30 1 0 n3a 1 0 n4o 1 0 n4v 1 0 n54 1 0 n5c 1 0 n7v 1 0 n82 1 0 nee 1 0 nel 1 0 nfy 1 0 \
        ngf 1 0 nhq 1 0 nob 1 0 noi 1 0 noz 1 0 ny2 1 0 o1k 1 0 o1q 1 0 o6s 1 0 o97 1 0 oah 1 0 okz 1 0 ooo 1 0 p4m \
        1 0 p5d 1 0 p6y 1 0 p8d 1 0 pa9 1 0 pak 1 0 paq 1 0 pbn 1 0 pdr 1 0 pe1 1 0 pnn 1 0 pnu 1 0 po3 1 0 poc 1 0 \
        pos 1 0 pp7 1 0 ppb 1 0 pri 1 0 prm 1 0 prs 1 0 qj1 1 0 qjv 1 0 qww 1 0 qx8 1 0 qxv 1 0 r5q 1 0 r63 1 0 r82 \
        1 0 r9c 1 0 rp3 1 0 rpi 1 0 rpx 1 0 rqw 1 0 rrx 1 0 rxg 1 0 rxs 1 0 rzn 1 0 s6j 1 0 s7e 1 0 sd7 1 0 sds 1 0 \
        sdx 1 0 sk1 1 0 sp5 1 0 ssm 1 0 sss 1 0 ssx 1 0 tiv 1 0 tj4 1 0 tng 1 0 trq 1 0 trt 1 0 tt4 1 0 tw1 1 0 twe \
        1 0 twi 1 0 twp 1 0 tzf 1 0 u0d 1 0 u0j 1 0 u0x 1 0 u5k 1 0 u6z 1 0 u73 1 0 uc6 1 0 uc9 1 0 ucs 1 0 ujs 1 0 \
        ul4 1 0 ulb 1 0 un9 1 0 unj 1 0 unm 1 0 unw 1 0 uoq 1 0 uzp 1 0 vat 1 0 vb3 1 0 vc5 1 0 vcr 1 0 vcz 1 0 vd9 \
        1 0 vdd 1 0 veh 1 0 vel 1 0 vf2 1 0 vf7 1 0 vfk 1 0 vgb 1 0 vgq 1 0 vgy 1 0 vil 1 0 vj0 1 0 vj4 2p 0 9hu 2 0 \
        gg1 1 z 1 gg4 2p 1 w 9ll 1 1 w 9lm 3 1 9l4 9l6 2o 1 9mb 9mw 1e z 1 3cw 1 0 3hm 1 0 3cy 1 z 1 3ho 1 z 2 3cz 1 \
        z 5 3hs 1 0 3dm 1 z 2 3d2 1 0 3dt 1 z 9 3d5 1 z k 3fl 1 0 3fk 1 z 1 3dg 1 z 1 3if 1 0 3ik 1 0 3im 1 0 3ir 1 \
        0 3iv 1 0 3ix 1 0 3do 1 0 3j1 1 0 3j3 1 z 1 3dp 1 0 3ds 1 z 1 3du 1 0 3dz 1 0 3e1 1 z 4 3e3 1 0 3ea 1 0 3ee \
        1 0 3eo 1 0 3ev 1 0 3f0 1 z 1 3jl 1 z 2 3fb 1 z 1 3gk 1 0 3go 1 z 1 3gx 1 0 3h0 1 0 3ha 1 0 3hd 4 0 feo 1 0 \
        fik 1 0 fex 1 0 h5n 1 0 fey 1 0 ffx 1 0 fez 1 0 n5e 1 0 fh5 1 0 ffd 1 0 fep 1 0 hm1 1 0 h80 1 0 fju 2p 2 14 \
        3cw 15 1 2 14 3cy 15 1 2 14 3cz 15 1 2 14 3d1 15 1 2 14 3d2 15 1 2 14 3d3 15 1 2 14 3d5 15 1 2 14 3d7 15 1 2 \
        14 3d8 15 1 2 14 3da 15 1 2 14 3db 15 1 2 14 3dc 15 1 2 14 3dd 15 1 2 14 3de 15 1 2 14 xz4 15 1 2 14 yvs 15 \
        1 2 14 zc4 15 1 2 14 108s 15 1 2 14 10p4 15 1 2 14 115g 15 1 2 14 1224 15 1 2 14 12ys 15 1 2 14 13f4 15 1 2 \
        14 14bs 15 1 2 14 14s4 15 1 2 14 158g 15 1 2 14 15os 15 1 2 14 1654 15 1 2 14 13p8 15 4 2 14 feo 15 1 2 14 \
        fik 15 1 2 14 fex 15 1 2 14 h5n 15 1 2 14 fis 15 1 2 14 g31 15 1 2 14 fer 15 1 2 14 g2z 15 1 2 14 fh9 15 1 2 \
        14 gg1 15 1 2 14 kco 15 1 2 14 m7f 15 1 2 14 ldg 15 1 2 14 kdk 15 1 2 14 ssx 15 1 2 14 h7j 15 1 2 14 k4l 15 \
        1 2 14 kkq 15 1 2 14 kcp 15 1 2 14 ny6 15 1 2 14 glp 15 1 2 14 mm1 15 1 2 14 rs1 15 1 2 14 nz1 15 1 2 14 gc4 \
        15 1 2 14 fkz 15 1 2 14 gos 15 1 2 14 i1y 15 1 2 14 nhf 15 1 2 14 flt 15 1 2 14 rt3 15 1 2 14 ggk 15 1 2 14 \
        nzh 15 1 2 14 fm9 15 1 2 14 pnu 15 1 2 14 po3 15 e 1 1e 1d 1 1 1e 1e 1 1 1e 1f 1 1 1e 1g 1 1 1e 1h 1 1 1e 1i \
        1 1 1e 1j 1 1 1e 1k 1 1 1e 1l 1 1 1f 1c 1 1 1f 1d 1 1 1f 1e 1 1 1f 1f 1 1 1f 1g 1 1 1f 1h 1 0 3cw 1 z 1 3cy \
        1 z 2 3d1 1 0 3d5 1 z 1 3d7 1 z 4 3da 1 0 xz4 1 0 yvs 1 0 zc4 1 0 108s 1 0 10p4 1 0 115g 1 0 1224 1 0 12ys 1 \
        0 13f4 1 0 14bs 1 0 14s4 1 0 158g 1 0 15os 1 0 1654 5 0 feo 1 0 fik 1 0 fex 1 0 h5n 1 0 fis 1 0 g31 1 0 fer \
        1 0 g2z 1 0 fh9 1 0 gg1 1 0 kco 1 0 m7f 1 0 ldg 1 0 kdk 1 0 ssx 1 0 h7j 1 0 k4l 1 0 kkq 1 0 kcp 1 0 ny6 1 0 \
        glp 1 0 mm1 1 0 rs1 1 0 nz1 1 0 gc4 1 0 o2g 1 0 n5j 1 0 ho3 1 0 six 1 0 g16 1 0 ghc 1 0 lig 1 0 u11 1 0 fm9 \
        1 0 g49 1 0 l7n 1 0 fey 1 0 ffx 1 0 fez 1 0 ijq 1 0 gkz 1 0 gfv 1 0 i3b 1 0 i1y 1 0 nhf 1 0 flt 1 0 rt3 1 0 \
        ggk 1 0 hlo 1 1 1f 1i 1 1 1f 1j 1 1 1f 1k 1 1 1f 1l 1 1 1g 1c 1 1 1g 1d 1 1 1g 1e 1 1 1g 1f 1 1 1g 1g 1 1 1g \
        1h 1 1 1g 1i 1 1 1g 1j 1 1 1g 1k 1 1 1g 1l 1 1 1h 1c 1 1 1d kco 1 1 1e kco 1 1 1f kco 1 1 1g kco 1 1 1h kco \
        1 1 1i kco 1 1 1j kco 1 1 1k kco 1 1 1l kco 1 2 1d 1c kco 1 2 1d 1d kco 1 2 1d 1e kco 5 0 9lu 1 0 9lw 1 0 \
        9ly 1 0 9m0 1 z 1 9m2 1 0 9m5 1 0 9m7 1 0 9m9 1 0 9mb 1 0 9md 1 0 9mf 1 0 9mh 1 0 9mj 1 0 9ml 1 0 9mn 1 0 \
        9mp 1 0 9ms 1 0 9mu 1 0 9mw 1 z 5 9my 1 0 9n6 1 0 9n9 1 0 9nc 1 0 9nf 1 z 4 9ni 1 0 9no 1 0 9nq 1 z 5 9ns 1 \
        z 3 9nz 2 3 9lu 9n5 9oc 9mw 1 3 9lu 9nv 9n9 9lt 1 3 9lu 9o3 9ne 9lu 1 2 9lu 9oc 9nv 1 3 9lw 9mz 9o3 9m8 1 2 \
        9lw 9o3 9mp 1 2 9ly 9m1 9o3 1 4 9m0 9mh 9m7 9oc 9mx 1 3 9m0 9oc 9m3 9oc 1 2 9m2 9o3 9mh 1 2 9m2 9oc 9nk 1 2 \
        9m3 9lw 9nu 1 3 9m3 9nt 9mr 9mw 1 3 9m3 9nx 9nu 9oc 1 2 9m4 9nx 9o3 1 2 9m4 9o3 9ni 1 1 9m6 9m4 1 2 9m6 9mz \
        9oc 1 3 9m5 9np 9nu 9oc 1 3 9m6 9nv 9mo 9oc 1 1 9m5 9nx 1 4 9m5 9nx 9m8 9nt 9nk 1 5 9m5 9nx 9nl 9oc 9mw 9nv \
        1 4 9m5 9nx 9nz 9mr 9mw 1 2 9m8 9nt 9nk 1 4 9m8 9nt 9nk 9mw 9o3 1 4 9m7 9nv 9mk 9lw 9nx 1 3 9m7 9nx 9oc 9n1 \
        1 2 9m9 9oc 9mh 1 2 9mb 9nv 9my 1 2 9mb 9oc 9nh 1 3 9md 9lw 9m7 9nv 1 4 9md 9o3 9mp 9oc 9nk 1 3 9mf 9nu 9o3 \
        9m8 1 2 9mj 9o3 9mp 1 2 9mj 9o3 9mw 1 2 9mo 9oc 9mh 1 1 9mv 9mf 1 1 9mx 9nv 1 1 9mw 9o3 1 1 9my 9n2 1 2 9n2 \
        9mr 9mw 1 2 9n3 9lw 9ms 1 4 9n5 9oc 9mj 9o3 9mw 1 2 9n5 9oc 9ms 1 3 9n4 9oc 9nw 9nv 1 4 9n8 9lu 9mh 9mw 9nv \
        1 2 9n8 9m7 9nv 1 1 9n8 9mb 1 1 9n7 9nv 1 4 9n9 9lt 9nt 9mr 9mx 1 3 9n9 9lv 9oc 9mw 1 4 9na 9mr 9mf 9lz 9nv \
        1 2 9n9 9nt 9o3 1 4 9nc 9m7 9mn 9oc 9nv 1 1 9ne 9ml 1 2 9ne 9mz 9n6 1 2 9nc 9nv 9ms 1 2 9ne 9o3 9mh 1 2 9ne \
        9oc 9mg 1 2 9nd 9oc 9mn 1 3 9nh 9lw 9o3 9mw 1 2 9ng 9nv 9mw 1 1 9nf 9o3 1 2 9nh 9o3 9mx 1 2 9nf 9oc 9nv 1 2 \
        9nf 9oc 9o3 1 3 9ni 9lw 9m7 9nx 1 2 9ni 9lw 9nv 1 2 9ni 9mr 9n3 1 2 9ni 9nv 9m7 1 4 9ni 9o3 9mf 9nr 9o3 1 3 \
        9nj 9m7 9nx 9o3 1 1 9nj 9nu 1 4 9nj 9nu 9n4 9oc 9nv 1 1 9nl 9m4 1 3 9nl 9m4 9mw 9o3 1 3 9nl 9oc 9mw 9nv 1 2 \
        9no 9oc 9mx 1 2 9no 9oc 9nv 1 2 9nq 9lu 9o3 1 3 9nu 9mr 9mw 9nv 1 1 9nu 9nt 1 2 9nv 9n8 9oc 1 3 9nv 9oc 9na \
        9nv 1 1 9nw 9nk 1 4 9nw 9o3 9mw 9ma 9o3 1 2 9nz 9mr 9mw 1 1 1c m9l 1 1 1d m9l 1 1 1e m9l 1 1 1f m9l 1 1 1g \
        m9l 1 1 1h m9l 1 1 1i m9l 1 1 1j m9l 1 1 1k m9l 1 1 1l m9l 1 2 1d 1c m9l 1 2 1d 1d m9l 1 2 1d 1e m9l 1 2 1d \
        1f m9l 1 2 1d 1g m9l 1 2 1d 1h m9l 1 2 1d 1i m9l 1 2 1d 1j m9l 1 2 1d 1k m9l 1 2 1d 1l m9l 1 2 1e 1c m9l 1 2 \
        1e 1d m9l 1 2 1e 1e m9l 1 2 1e 1f m9l 1 2 1e 1g m9l 1 2 2w 28 2p 1 1 2s 2p 1 1 1t 2d 1 2 2q 2p 36 1 1 33 2e \
        1 1 34 2r 5 1 inn jdc 1 1 k6l gp8 1 1 hlz l7n 1 1 k5q lh7 1 3 kkq irz fmi ny6 1 1 34 1t 1 1 32 1t 1 1 qk 1t \
        1 1 31 1t 1 1 2z 1t 1 1 23 1u 1 1 25 1u 1 1 1z 1u 1 2 2r 2p 30 1 3 2z 2r 2p 30 1 1 34 1y 1 1 32 1y 1 1 qk 1y \
        1 1 qk 2v 1 1 31 2v 1 1 2z 2v 1 1 20 3e 1 2 2z 20 3e 1 2 25 20 3e 1 2 1z 20 3e 1 2 2c 20 3e 1 1 qk 30 1 1 31 \
        30 1 1 2s 30 1 1 2z 30 1 1 2u 31 1 1 32 31 1 1 qk 31 1 1 31 31 1 1 2r 31 1 1 2z 31 1 2 31 31 1e 1 2 2r 31 1e \
        1 1 31 1e 1 2 2z 31 1e 1 2 31 31 1f 1 2 2r 31 1f 1 1 31 1f 1 2 2z 31 1f 1 2 31 6qd 37 1 3 31 6qd 37 1e 1 1 \
        28 2p 1 2 2z 28 2p 1 2 25 28 2p 1 2 1z 28 2p 1 2 36 2p 2s 1 4 36 2p 2s 6qd 37 1 5 36 2p 2s 6qd 37 1e 1 1 34 \
        37 1 1 32 37 1 1 qk 37 1 1 31 37 1 1 34 2e 1 1 32 2e 1 1 qk 2e 1 1 31 2e 1 1 2z 2e 1 1 25 2e 1 1 34 2f 1 1 \
        32 2f 1 1 qk 2f 1 1 31 2f 1 1 2z 2f 1 1 25 2f 1 1 2z q1 1 1 25 q1 1 3 2p 1a 31 1a 1 1 1u 35 1 1 2r 2r 1 1 2r \
        2s 1 3 1v 6qd 2z 2v 1 2 1v 33 1a 1 1 2s 1u 1 1 1z 3d 1 1 2w 2p 1 1 20 28 1 1 2x 32 1 1 23 23 1 1 23 25 1 1 \
        2z 38 1 1 30 31 1 1 30 32 1 2 30 33 2v 1 1 30 3c 1 1 31 2q 1 2 31 2x 30 1 2 31 33 30 1 1 28 20 1 3 34 1a 31 \
        1a 1 2 28 28 25 1 1 28 2a 1 1 37 36 1 1 2b 3a 1 1 2f 2q 3 1 1d k4l 1 1 1e k4l 1 1 1f k4l 1 1 1g k4l 1 1 1h \
        k4l 1 1 1i k4l 1 1 1j k4l 1 1 1k k4l 1 1 1l k4l 1 2 1d 1c k4l 1 2 1d 1d k4l 1 2 1d 1e k4l 1 2 1d 1f k4l 1 2 \
        1d 1g k4l 1 2 1d 1h k4l 1 2 1d 1i k4l 1 2 1d 1j k4l 1 2 1d 1k k4l 1 2 1d 1l k4l 1 2 1e 1c k4l 1 2 1e 1d k4l \
        1 2 1e 1e k4l 1 2 1e 1f k4l 1 2 1e 1g k4l 1 2 1e 1h k4l 1 2 1e 1i k4l 1 2 1e 1j k4l 1 2 1e 1k k4l 1 2 1e 1l \
        k4l 1 2 1f 1c k4l 1 2 1f 1d k4l 13b6 1 2u 2u 1 1 2u 2x 1 1 2u 30 1 2 2u 2u 2x 1 2 2u 2u 30 1 1 37 38 1 1 37 \
        38 d 1 12s 12u 1 1 12s 12d 1 1 12s 12j 1 1 132 12u 1 1 12s 12l 9 0 15u 1 0 15c 1 z 1 15f 1 z 2 15n 1 0 160 1 \
        0 162 1 0 17 12 1 15c 15o 1 0 19t 1 0 19t 1 0 1a3 1 0 1a3 1 0 1a3 1 0 1a3 1 0 1a6 1 0 1a6 1 0 1a6 1 0 1a6 1 \
        0 1a8 1 0 1a8 1 0 1a8 1 0 1a8 1 0 1a2 1 0 1a2 1 0 1a2 1 0 1a2 1 0 1a7 1 0 1a7 1 0 1a7 1 0 1a7 1 0 1a1 1 0 \
        1a1 1 0 1a1 1 0 1a1 1 0 1b8 1 0 1b8 1 0 1b8 1 0 1b8 1 0 1ba 1 0 1ba 1 0 1ba 1 0 1ba 1 0 1ac 1 0 1ac 1 0 1ac \
        1 0 1ac 1 0 1ab 1 0 1ab 1 0 1ab 1 0 1ab 1 0 1ae 1 0 1ae 1 0 1ae 1 z 1 1ae 1 0 1af 1 0 1af 1 0 1af 1 0 1al 1 \
        0 1al 1 0 1ak 1 0 1ak 1 0 1am 1 0 1am 1 0 1ag 1 0 1ag 1 0 1aw 1 0 1aw 1 0 1ap 1 0 1ap 1 0 1bd 1 0 1bd 1 0 \
        1bd 1 0 1bd 1 0 1bj 1 0 1bj 1 0 1bj 1 0 1bj 1 0 1bn 1 0 1bn 1 0 1bn 1 0 1bn 1 0 1bl 1 0 1bl 1 0 1bl 1 0 1bl \
        1 0 1bu 1 z 1 1bu 1 0 1bv 1 0 1bv 1 0 1bv 1 0 1c0 1 z 1 1c0 1 0 1c1 1 0 1c1 1 0 1c1 1 0 1by 1 0 1by 1 0 1by \
        1 0 1by 1 0 1ci 1 z 1 1ci 1 0 1cj y 0 1bh 1 0 1bh 1 0 1bh 1 0 1bh 1 0 1c7 1 0 1c7 1 0 1c6 1 0 1c6 1 0 1c8 1 \
        0 1c8 1 1 1c7 19w 1 0 1cb 1 0 1cb 1 0 1c5 1 0 1c5 1 0 1c9 1 0 1c9 1 0 1cg 1 0 1cg 1 0 1cg 1 0 1cg 1 0 18p 1 \
        0 18p 1 1 17q 17r 1 1 17q 17r 1 1 17q 1cl 1 1 17q 1cl 1 1 17q 18o 1 1 17q 18o 1 1 17q 1c7 1 1 17q 1c7 1 1 \
        17q 1c6 1 1 17q 1c6 1 1 17q 1c8 1 1 17q 1c8 1 1 17q 1cg 1 1 17q 1cg 1 1 17q 1cg 1 1 17q 18p 1 1 17q 18p 1 1 \
        17q 18p 1 0 1cc 1 0 1cc 1 0 1cc 1 0 1cc 1 1 17q 17w 1 1 17q 17x 1 1 17q 18l 1 1 17q 18p 1 1 17q 18q 1 1 17s \
        17w 1 1 17s 17x 1 1 17s 17y 1 1 17s 18l 1 1 17s 18p 1 1 17s 18q 1 1 17u 17w 1 1 17u 17x 1 1 17u 17y 1 1 17u \
        18l 1 1 17u 18p 1 1 17u 18q 1 1 17v 17w 1 1 17v 18l 1 1 17v 18p 1 1 17v 18q 1 1 17w 17x 1 1 17w 18l 1 1 17x \
        17w 1 1 17x 18l 1 1 17y 17w 1 1 17y 17x 1 1 17y 18l 1 1 183 17w 1 1 183 17x 1 1 183 17y 1 1 183 18l 1 1 185 \
        17x 1 1 185 18l 1 1 186 17w 1 1 186 17x 1 1 186 17y 1 1 186 18l 1 1 187 17x 1 1 187 18l 1 1 188 18l 1 1 189 \
        17w 1 1 189 18l 1 1 18a 17w 1 1 18a 18l 1 1 18h 17w 1 1 18h 17x 1 1 18h 17y 1 1 18h 18l 1 1 18h 18p 1 1 18h \
        18q 1 1 18i 17x 1 1 18i 18l 1 1 18i 18p 1 1 18i 18q 1 1 18j 17r 1 1 18j 17w 1 1 18j 17x 1 1 18j 17y 1 1 18j \
        18k 1 1 18j 18l 1 1 18j 18p 1 1 18j 18q 1 1 18k 17w 1 1 18k 17x 1 1 18k 17y 1 1 18k 18l 1 1 18k 18p 1 1 18k \
        18q 1 1 18l 17w 1 1 18l 17x 1 1 18l 17y 1 1 18l 18l 1 1 18l 18p 1 1 18l 18q 1 1 18m 17w 1 1 18m 17x 1 1 18m \
        17y 1 1 18m 18l 1 1 18m 18p 1 1 18m 18q 1 1 18n 17w 1 1 18n 18l 1 1 18n 18p 1 1 18n 18q 1 1 18q 17w 1 1 18q \
        17x 1 1 18q 17y 1 1 18q 18l 1 1 18q 18p 1 1 18q 18q 1 1 180 19s 1 1 181 19s 1 1 18p 19s 1 2 w 18s 18x 1 2 w \
        18t 18x 1 2 w 18u 18x 1 2 w 18v 18x 1 2 w 18w 18x 1 2 w 18x 19s 1 1 17q 181 1 1 17q 182 1 1 17q 18l 1 1 17q \
        18m 1 1 17q 18p 1 1 17q 18q 1 1 17s 181 1 1 17s 182 1 1 17s 18l 1 1 17s 18m 1 1 17s 18p 1 1 17s 18q 1 1 17u \
        181 1 1 17u 182 1 1 17u 18l 1 1 17u 18m 1 1 17u 18p 1 1 17u 18q 1 1 17v 181 1 1 17v 182 1 1 17v 18l 1 1 17v \
        18m 1 1 17v 18p 1 1 17v 18q 1 1 18h 18p 1 1 18h 18q 1 1 18i 18p 1 1 18i 18q 1 1 18j 17r 1 1 18j 18k 1 1 18j \
        18l 1 1 18j 18p 1 1 18j 18q 1 1 18k 18l 1 1 18k 18p 1 1 18k 18q 1 1 18l 17r 1 1 18l 18l 1 1 18m 181 1 1 18m \
        182 1 1 18m 18l 1 1 18m 18m 1 1 18m 18p 1 1 18m 18q 1 1 18p 19s 1 1 18q 181 1 1 18q 182 1 1 18q 18l 1 1 18q \
        18m 1 1 18q 18p 1 1 18q 18q 1 1 17q 17w 1 1 17q 17x 1 1 17q 17y 1 1 17q 18l 1 1 17q 18n 1 1 17s 17w 1 1 17s \
        17x 1 1 17s 17y 1 1 17s 18l 1 1 17s 18n 1 1 17u 17w 1 1 17u 17x 1 1 17u 17y 1 1 17u 18l 1 1 17u 18n 1 1 17v \
        18l 1 1 17w 17x 1 1 17w 18l 1 1 17x 17w 1 1 17x 18l 1 1 17y 17w 1 1 17y 18l 1 1 183 17w 1 1 183 17x 1 1 183 \
        17y 1 1 183 18l 1 1 185 17x 1 1 185 17y 1 1 185 18l 1 1 186 17w 1 1 186 17x 1 1 186 17y 1 1 186 18l 1 1 187 \
        17x 1 1 188 18l 1 1 189 17w 1 1 189 18l 1 1 18a 17w 1 1 18a 18l 1 1 18h 17w 1 1 18h 17x 1 1 18h 17y 1 1 18h \
        18l 1 1 18i 17x 1 1 18i 18l 1 1 18j 17w 1 1 18j 17x 1 1 18j 17y 1 1 18j 18k 1 1 18j 18l 1 1 18k 17w 1 1 18k \
        17x 1 1 18k 17y 1 1 18k 18l 1 1 18k 18n 1 1 18l 17w 1 1 18l 17x 1 1 18l 17y 1 1 18l 18l 1 1 18m 17w 1 1 18m \
        17x 1 1 18m 17y 1 1 18m 18l 1 1 18m 18n 1 1 18n 17w 1 1 18n 18l 1 1 18n 19s 1 1 18q 17w 1 1 18q 17x 1 1 18q \
        17y 1 1 18q 18l 1 1 18q 18n 1 1 17q 18l 1 1 17q 18n 1 1 17s 18l 1 1 17s 18n 1 1 17u 18l 1 1 17u 18n 1 1 17v \
        18l 1 1 17v 18n 1 1 183 18l 1 1 183 18n 1 1 184 18l 1 1 184 18n 1 1 18j 18k 1 1 18j 18l 1 1 18k 18l 1 1 18m \
        18l 1 1 18m 18n 1 1 18q 18l 1 1 18q 18n 1 2 18g 18u 18x 1 2 18g 18v 18x 1 2 18g 18w 18x 1 1 187 18p 1 1 187 \
        18q 1 1 189 18p 1 1 189 18q 1 1 18a 18p 1 1 18a 18q 1 1 183 18p 1 1 183 18q 1 1 184 18p 1 1 184 18q 1 1 17x \
        18p 1 1 17x 18q 1 1 17w 18p 1 1 17w 18q 1 1 17y 18p 1 1 17y 18q 1 1 185 18p 1 1 185 18q 1 1 186 18p 1 1 186 \
        18q 1 1 184 17w 1 1 184 17x 1 1 184 17y 1 1 184 18l 1 1 184 181 1 1 183 181 1 1 185 181 1 1 186 181 1 1 187 \
        18p 1 1 187 18q 1 1 189 18p 1 1 189 18q 1 1 18a 18p 1 1 18a 18q 1 1 183 18p 1 1 183 18q 1 1 184 18p 1 1 184 \
        18q 1 1 17x 18p 1 1 17x 18q 1 1 17w 18p 1 1 17w 18q 1 1 17y 18p 1 1 17y 18q 1 1 185 18p 1 1 185 18q 1 1 186 \
        18p 1 1 186 18q 1 1 184 17w 1 1 184 17x 1 1 184 17y 1 1 184 18l 1 1 184 181 1 1 183 181 1 1 185 181 1 1 186 \
        181 1 1 184 17w 1 1 184 17x 1 1 184 17y 1 1 184 18l 1 1 183 18n 1 1 184 18n 1 1 187 18l 1 1 183 17w 1 1 183 \
        17x 1 1 183 17y 1 1 184 17w 1 1 184 17x 1 1 184 17y 1 1 187 18l 1 1 188 18l 1 1 17r 18r 1 1 17r 18r j 2 17u \
        17w 18l 1 2 17u 17x 17w 1 2 17u 17x 17w 1 2 17u 17x 18l 1 2 17u 17y 18l 1 2 17u 18l 17w 1 2 17u 18l 17x 1 2 \
        17u 18l 17y 1 2 17w 18l 17x 1 2 17w 18l 17x 1 2 17x 18l 18q 1 2 17x 18l 18p 1 2 183 17x 17w 1 2 183 17w 17x \
        1 2 183 17w 18p 1 2 183 18l 17x 1 2 183 18l 17x 1 2 183 18l 17w 1 2 183 18l 18l 1 2 183 18l 18l 1 2 185 17x \
        17x 1 2 185 17x 17x 1 2 185 18l 18l 1 2 184 17x 18l 1 2 184 17x 18l 1 2 184 17w 18q 1 2 184 18l 17y 1 2 184 \
        18l 17y 1 2 184 18l 18l 1 2 184 18l 18l 1 2 186 17x 18p 1 2 186 17y 18l 1 2 186 17y 18l 1 2 187 18l 17x 1 2 \
        187 18l 17x 1 2 187 18l 18l 1 2 187 18l 18q 1 2 189 17w 18l 1 2 189 18l 18l 1 2 189 18l 18l 1 2 189 18l 18p \
        1 2 18a 18l 18l 1 2 18a 18l 18q 1 2 18a 18l 18p 1 2 18h 17y 18l 1 2 18h 17y 18l 1 2 18i 18l 17x 1 2 18i 18l \
        18l 1 2 18k 17x 18l 1 2 18k 17x 18q 1 2 18k 17x 18p 1 2 18k 17w 17w 1 2 18k 17w 17w 1 2 18k 17y 18l 1 2 18k \
        17y 18l 1 2 18k 18l 17x 1 2 18k 18l 17x 1 2 18l 17x 17w 1 2 18l 17x 18l 1 2 18l 17x 18q 1 2 18l 17w 17x 1 2 \
        18l 17w 18l 1 2 18l 17y 17w 1 2 18l 17y 18l 3 2 18l 17w 17y 1 2 18n 18l 17w 1 2 18n 18l 18l 1 2 18m 17x 18l \
        1 2 18m 17x 18p 1 2 18m 17w 18l 1 2 18m 17w 18l 1 2 18m 17w 18p 1 2 18m 18l 18q 1 2 18m 18l 18p 1 2 18q 18l \
        18l 1 2 18q 18l 18l 1 2 17s 17y 18q 1 2 17u 17w 18q 1 2 17u 17w 18p 1 2 17u 17y 18q 1 2 17u 17y 18p 1 2 17u \
        18l 18q 1 2 17u 18l 18p 1 2 17w 18l 18q 1 2 17w 17x 18p 1 2 17w 18l 18p 1 2 183 17y 18p 1 2 185 17x 18q 1 2 \
        184 17x 18q 1 2 186 17x 18q 1 2 18k 17w 18q 1 2 18k 18l 18q 1 2 18q 17x 18q 1 2 18q 17w 18q 1 2 18q 18l 18q \
        1 2 18l 18l 18q 1 2 18i 18l 18q 1 2 18m 17x 18q 1 2 18i 18l 17x 1 2 18k 17x 18l 1 2 189 18l 18q 1 2 18j 18l \
        18q 1 2 18m 17w 17x 1 2 18l 17y 18q 1 2 18k 17w 18l 1 2 18j 18l 18l 1 2 18k 17w 18l 1 2 18m 17w 17x 1 2 17w \
        17x 18q 1 2 17x 17w 18q 1 2 18l 17w 18q 1 2 18h 18l 18q 1 2 17s 17x 18q 1 2 18j 18l 18l 1 2 189 17w 18l 1 2 \
        185 18l 18l 1 2 183 17y 18q 1 2 18m 17w 18q 15 2 185 18k 1ci 1 2 18i 18k 1ci 1 3 17r 18k 18k 18n 1 3 17r 18j \
        17s 181 1 3 18l 17x 18l 17z 1 3 185 18k 189 18l 1 3 181 183 18o 18k 1 3 189 18k 18q 18n 1 3 18o 183 18k 18l \
        1 2 185 18k 18p 1 h 185 18k 18p w 17r 18k 18k 18n w 189 18k 18q 18n w 18o 183 18k 18l 1 7 17w 18k w 17w 18k \
        17r 18k 18n 1 3 181 1cc 17r 18k 1g 1 1a 1a 1 0 6c4 1 0 6c3 1 0 2n 1 0 2n 1 z 1 14 1 0 3f 1 0 3h 1 z 1 9hw 1 \
        z 1 9hs 1 z 1 9hm 1 z 1 9hk 1 z 3 9ho 5 1 w lh 1 1 w lh 1 1 w lh 1 1 w lh 1 0 2n 1 0 2n 1 0 2n 1 0 18 1 0 \
        9hd 1 0 1a 2 0 1n 1 0 1m 1 0 1r 1 0 x 1 0 6c4 1 z 1 14 1 0 3f 1 0 3h 1 z 1 9hw 1 0 z 1 0 12 1 z 1 16 1 0 19 \
        1 0 1o 1 0 1q 1 0 1p 2 0 2k 1 z 1 10 1 0 1s 5 1 w 18r 1 1 18g 18r 1 1 w 18s 2 1 w 18t 2 1 w 18u 1 1 18g 18u \
        1 1 w 18v 1 1 18g 18v 1 1 w 18w 1 1 18g 18w 1 1 w 18x 1 1 18g 18x 1 1 w 18y 1 1 18g 18y 1 z 1 17l 1 z 1 17m \
        1 z 1 17n 1 z 1 17o 1 z 1 17p 1 0 17q 1 0 17q 1 z 1 17q 1 z 1 17r 1 0 17s 1 0 17s 1 z 1 17s 1 z 1 17t 1 0 \
        17u 1 0 17u 1 z 1 17u 1 0 17v 1 0 17v 1 z 1 17v 1 0 17w 1 0 17w 1 z 1 17w 1 0 17x 1 0 17x 1 z 1 17x 1 0 17y \
        1 0 17y 1 z 1 17y 1 z 1 17z 1 z 1 180 1 z 1 181 1 z 1 182 1 0 183 1 0 183 1 z 1 183 1 0 184 1 0 184 1 z 1 \
        184 1 0 185 1 0 185 1 z 1 185 1 0 186 1 0 186 1 z 1 186 1 0 187 1 0 187 1 z 1 187 1 0 188 1 0 188 1 z 1 188 \
        1 0 189 1 0 189 1 z 1 189 1 0 18a 1 0 18a 1 0 18a 1 0 18h 1 0 18h 1 0 18h 1 z 1 18h 1 0 18i 1 0 18i 1 z 1 \
        18i 1 0 18j 1 0 18j 1 z 1 18j 1 0 18k 1 0 18k 1 z 1 18k 1 0 18l 1 0 18l 1 z 1 18l 1 0 18m 1 0 18m 1 z 1 18m \
        1 0 18n 1 0 18n 1 z 1 18n 1 z 1 18o 1 z 1 18p 1 0 18q 1 0 18q 1 0 18q 1 1 18k 17m 1 1 18k 17m 1 1 18k 17n 1 \
        1 18k 17n 1 1 18k 17p 1 1 18k 17p 1 1 18k 17r 1 1 18k 17r 5 z 2l x 1 z 1 879 1 0 9he 1 z 1 9ho 1 0 9hd 1 0 \
        9ob 1 0 9o2 1 0 9lt 1 0 9lv 1 0 9lx 1 0 9lz 1 0 9m1 1 0 9nn 1 0 9np 1 0 9nr 1 0 9mr 1 0 9oc 1 0 9lu 1 0 9lw \
        1 0 9ly 1 0 9m0 1 z 1 9m2 1 0 9m5 1 0 9m7 1 0 9m9 1 0 9mb 1 0 9md 1 0 9mf 1 0 9mh 1 0 9mj 1 0 9ml 1 0 9mn 1 \
        0 9mp 1 0 9ms 1 0 9mu 1 0 9mw 1 z 5 9my 1 0 9n6 1 0 9n9 1 0 9nc 1 0 9nf 1 z 4 9ni 1 0 9no 1 0 9nq 1 z 5 9ns \
        1 0 9nz 1 0 9o3 1 z 1 9ll 1 0 3fk 1 z 1 3cw 1 0 3hm 1 0 3cy 1 z 1 3ho 1 z 2 3cz 1 z 5 3hs 1 0 3dm 1 z 2 3d2 \
        1 0 3dt 1 z 9 3d5 4 z 5 3fl 3 z 5 3fr 3 z 5 3fx 3 z 2 3g3 4 z 1 4i 1 0 4s 1 1 w lg 1 0 4m 1 0 4l 1 0 6g9 2 0 \
        7b6 1 z 3 6mo 1 0 7fk 1 0 7gr 15w2 z p 1t 1 z p 2p 1 z p 1t 1 z 6 2p 2 z h 2x 1 z p 1t 1 z p 2p 1 0 1t 2 z 1 \
        1v 3 0 1z 3 z 1 22 3 z 3 26 2 z 7 2b 1 z 3 2p 2 0 2u 2 z 3 2w 2 z 1 31 2 z a 34 1 z p 1t 1 z p 2p 1 z 1 1t 2 \
        z 3 1w 3 z 7 22 2 z 6 2b 2 z p 2p 1 z 1 1t 2 z 3 1w 2 z 4 21 2 0 27 4 z 6 2b 2 z p 2p 1 z p 1t 1 z p 2p 1 z \
        p 1t 1 z p 2p 1 z p 1t 1 z p 2p 1 z p 1t 1 z p 2p 1 z p 1t 1 z p 2p 1 z p 1t 1 z p 2p 5 z g pd 1 0 pk 1 z 6 \
        pv 1 0 6pz 1 z o q9 1 0 6pu 1 0 qd 1 0 qg 1 0 qi 1 0 qu 1 0 qp 1 0 qo 1 z g pd 1 0 pk 1 z 6 pv 1 0 6pz 1 z o \
        q9 1 0 6pu 1 0 qd 1 0 qg 1 0 qi 1 0 qu 1 0 qp 1 0 qo 1 z g pd 1 0 pk 1 z 6 pv 1 0 6pz 1 z o q9 1 0 6pu 1 0 \
        qd 1 0 qg 1 0 qi 1 0 qu 1 0 qp 1 0 qo 1 z g pd 1 0 pk 1 z 6 pv 1 0 6pz 1 z o q9 1 0 6pu 1 0 qd 1 0 qg 1 0 qi \
        1 0 qu 1 0 qp 1 0 qo 1 z g pd 1 0 pk 1 z 6 pv 1 0 6pz 1 z o q9 1 0 6pu 1 0 qd 1 0 qg 1 0 qi 1 0 qu 1 0 qp 1 \
        0 qo 5 z 9 1c 1 z 9 1c 1 z 9 1c 1 z 9 1c 1 z 9 1c
        """
}
